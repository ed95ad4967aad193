package org.morphogen.coordinator.placement;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.morphogen.settings.ByteSize;
import org.morphogen.snapshot.ChunkId;

/**
 * Places chunks on nodes. Pure and deterministic: the same nodes and chunks give the same shards.
 *
 * <p>Of n nodes, floor(n / replicas) groups are formed, nodes of like free memory together, so that little of a large
 * node is wasted on a small companion. The chunks, in their order, are cut over the groups (see {@link ChunkCut}), so
 * a shard has few ranges. Nodes left over, and groups that get no chunk, become further replicas of the shards that
 * fit them.
 */
public final class Placement {
    private static final Comparator<NodeCapacity> LARGEST_FIRST =
            Comparator.comparingLong(NodeCapacity::freeBytes).reversed().thenComparing(NodeCapacity::nodeId);

    private Placement() {}

    /**
     * The shards; every chunk in exactly one, on at least {@code replicas} nodes.
     *
     * @param nodes those alive
     * @param chunks ordered by table, way, index; at least one
     * @param replicas at least 1
     * @throws MorphogenException CAPACITY_LACKING with the figures
     */
    public static List<ShardRecord> place(Collection<NodeCapacity> nodes, List<SizedChunk> chunks, int replicas) {
        List<NodeCapacity> ordered = nodes.stream().sorted(LARGEST_FIRST).toList();
        long[] roomBytes = new long[ordered.size() / replicas];
        for (int g = 0; g < roomBytes.length; g++) {
            roomBytes[g] = ordered.get((g + 1) * replicas - 1).freeBytes();
        }
        int[] ends = ChunkCut.ends(chunks, roomBytes).orElseThrow(() -> lacking(ordered, chunks, replicas));
        List<Draft> drafts = new ArrayList<>();
        List<NodeCapacity> spare = new ArrayList<>(ordered.subList(roomBytes.length * replicas, ordered.size()));
        for (int g = 0; g < ends.length; g++) {
            List<NodeCapacity> group = ordered.subList(g * replicas, (g + 1) * replicas);
            List<SizedChunk> run = chunks.subList(g == 0 ? 0 : ends[g - 1], ends[g]);
            if (run.isEmpty()) {
                spare.addAll(group);
            } else {
                drafts.add(new Draft(drafts.size(), new ArrayList<>(group), run));
            }
        }
        spare.stream().sorted(LARGEST_FIRST).forEach(node -> addReplica(drafts, node));
        return drafts.stream().map(Draft::record).toList();
    }

    /** Gives a spare node to the shard with the fewest replicas among those that fit it. */
    private static void addReplica(List<Draft> drafts, NodeCapacity node) {
        drafts.stream()
                .filter(draft -> draft.bytes() <= node.freeBytes())
                .min(Comparator.comparingInt((Draft draft) -> draft.nodes().size())
                        .thenComparingInt(Draft::id))
                .ifPresent(draft -> draft.nodes().add(node));
    }

    private static MorphogenException lacking(List<NodeCapacity> nodes, List<SizedChunk> chunks, int replicas) {
        long neededBytes = chunks.stream().mapToLong(SizedChunk::bytes).sum();
        long freeBytes = nodes.stream().mapToLong(NodeCapacity::freeBytes).sum();
        String message = nodes.size() < replicas
                ? "%d replicas of each chunk need as many nodes, and %d answer.".formatted(replicas, nodes.size())
                : ("%d nodes with %s free memory in all cannot hold %d chunks of %s in all %d times, each chunk whole"
                                + " on nodes of like size.")
                        .formatted(
                                nodes.size(),
                                new ByteSize(freeBytes).display(),
                                chunks.size(),
                                new ByteSize(neededBytes).display(),
                                replicas);
        return new MorphogenException(
                FailureReason.CAPACITY_LACKING,
                message,
                Map.of(
                        "neededBytes", Long.toString(neededBytes),
                        "freeBytes", Long.toString(freeBytes),
                        "nodes", Integer.toString(nodes.size()),
                        "replicas", Integer.toString(replicas)));
    }

    /** A shard in the making. */
    private record Draft(int id, List<NodeCapacity> nodes, List<SizedChunk> chunks) {
        long bytes() {
            return chunks.stream().mapToLong(SizedChunk::bytes).sum();
        }

        ShardRecord record() {
            List<ReplicaRecord> replicas = nodes.stream()
                    .map(node -> new ReplicaRecord(node.nodeId(), node.endpoint()))
                    .toList();
            return new ShardRecord(id, replicas, runs());
        }

        private List<ChunkRun> runs() {
            List<ChunkRun> runs = new ArrayList<>();
            for (SizedChunk chunk : chunks) {
                ChunkId next = chunk.id();
                if (!runs.isEmpty() && runs.getLast().continuesWith(next)) {
                    runs.set(runs.size() - 1, runs.getLast().longer());
                } else {
                    runs.add(new ChunkRun(next.table(), next.way(), next.index(), 1));
                }
            }
            return runs;
        }
    }
}
