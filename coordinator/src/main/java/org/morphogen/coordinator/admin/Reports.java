package org.morphogen.coordinator.admin;

import com.google.protobuf.ByteString;
import java.util.HexFormat;
import java.util.List;
import org.morphogen.protocol.v1.ChunkRange;
import org.morphogen.protocol.v1.EpochBinding;
import org.morphogen.protocol.v1.GenerationInfo;
import org.morphogen.protocol.v1.NodeInfo;
import org.morphogen.protocol.v1.PartyStatus;
import org.morphogen.protocol.v1.Replica;
import org.morphogen.protocol.v1.ServedGeneration;
import org.morphogen.protocol.v1.Shard;
import org.morphogen.protocol.v1.StagedGeneration;

/** The JSON documents of the admin commands. Their field names are stable: fields are added, never renamed. */
final class Reports {
    private Reports() {}

    /**
     * {@code admin status}. {@code leader} and {@code leaderEndpoint} are empty while there is none; {@code generation},
     * {@code snapshotDigest}, {@code blockNumber}, {@code blockHash}, {@code stateRoot}, {@code epoch} and {@code oldestEpoch} are 0 or empty while {@code
     * state} is EMPTY; {@code stalled} tells why epochs do not follow the chain, and is empty while they do. {@code
     * staged} has one entry while a generation is being published; {@code earlier} those that are still answered.
     */
    record Status(
            int party,
            String state,
            String coordinator,
            String leader,
            String leaderEndpoint,
            long term,
            long viewVersion,
            long generation,
            String snapshotDigest,
            long blockNumber,
            String blockHash,
            String stateRoot,
            long epoch,
            long oldestEpoch,
            String stalled,
            List<ShardLine> shards,
            List<StagedLine> staged,
            List<EarlierLine> earlier) {

        static Status of(PartyStatus status) {
            ServedGeneration serving = status.getView().getServing();
            EpochBinding head = serving.getHead();
            return new Status(
                    status.getParty(),
                    status.getState(),
                    status.getCoordinatorId(),
                    status.getLeaderId(),
                    status.getLeaderEndpoint(),
                    status.getTerm(),
                    status.getView().getVersion(),
                    serving.getGeneration(),
                    hex(serving.getSnapshotDigest()),
                    head.getBlockNumber(),
                    hash(head.getBlockHash()),
                    hash(head.getStateRoot()),
                    head.getEpoch(),
                    serving.getWindowCount() == 0 ? 0 : serving.getWindow(0).getEpoch(),
                    stalled(status, serving),
                    serving.getShardsList().stream().map(ShardLine::of).toList(),
                    status.hasStaged() ? List.of(StagedLine.of(status.getStaged())) : List.of(),
                    status.getView().getEarlierList().stream()
                            .map(earlier -> EarlierLine.of(earlier, stalled(status, earlier)))
                            .toList());
        }

        /** In full; the kind of trouble, as the view has it, where the coordinator does not say more. */
        private static String stalled(PartyStatus status, ServedGeneration generation) {
            return status.getStalledOrDefault(generation.getGeneration(), generation.getStalled());
        }
    }

    /** A generation that is being published, in {@link Status}; the block is 0 before it is CATCHING_UP. */
    record StagedLine(
            long generation,
            String snapshot,
            String phase,
            int chunksReady,
            int chunksWanted,
            long blockNumber,
            long epoch,
            String stalled) {
        static StagedLine of(StagedGeneration staged) {
            return new StagedLine(
                    staged.getGeneration(),
                    staged.getSnapshot(),
                    staged.getPhase(),
                    staged.getChunksReady(),
                    staged.getChunksWanted(),
                    staged.getHead().getBlockNumber(),
                    staged.getHead().getEpoch(),
                    staged.getStalled());
        }
    }

    /** A generation that was served before, in {@link Status}. */
    record EarlierLine(long generation, long blockNumber, long epoch, String stalled) {
        static EarlierLine of(ServedGeneration earlier, String stalled) {
            return new EarlierLine(
                    earlier.getGeneration(),
                    earlier.getHead().getBlockNumber(),
                    earlier.getHead().getEpoch(),
                    stalled);
        }
    }

    /** A shard in {@link Status}. */
    record ShardLine(int id, int chunks, List<ReplicaLine> replicas) {
        static ShardLine of(Shard shard) {
            int chunks = shard.getChunksList().stream()
                    .flatMap(way -> way.getRangesList().stream())
                    .mapToInt(ChunkRange::getCount)
                    .sum();
            return new ShardLine(
                    shard.getId(),
                    chunks,
                    shard.getReplicasList().stream().map(ReplicaLine::of).toList());
        }

        long ready() {
            return replicas.stream().filter(ReplicaLine::ready).count();
        }
    }

    /** A replica in {@link ShardLine}. */
    record ReplicaLine(String node, String endpoint, boolean ready) {
        static ReplicaLine of(Replica replica) {
            return new ReplicaLine(replica.getNodeId(), replica.getEndpoint(), replica.getReady());
        }
    }

    /** One node of {@code admin nodes}, which writes a list of them. */
    record Node(
            String node,
            String endpoint,
            boolean alive,
            String state,
            String engine,
            long memoryLimitBytes,
            long memoryUsedBytes,
            int chunksWanted,
            int chunksReady,
            String problem) {

        static Node of(NodeInfo info) {
            return new Node(
                    info.getNodeId(),
                    info.getEndpoint(),
                    info.getAlive(),
                    info.getState(),
                    info.getEngine(),
                    info.getMemoryLimitBytes(),
                    info.getMemoryUsedBytes(),
                    info.getChunksWanted(),
                    info.getChunksReady(),
                    info.getProblem());
        }
    }

    /** One generation of {@code admin generations}, which writes a list of them. */
    record Generation(
            long generation,
            String state,
            String snapshot,
            String snapshotDigest,
            long blockNumber,
            String blockHash,
            String stateRoot,
            String problem) {

        static Generation of(GenerationInfo info) {
            return new Generation(
                    info.getGeneration(),
                    info.getState(),
                    info.getSnapshot(),
                    hex(info.getSnapshotDigest()),
                    info.getBaseEpoch().getBlockNumber(),
                    hash(info.getBaseEpoch().getBlockHash()),
                    hash(info.getBaseEpoch().getStateRoot()),
                    info.getProblem());
        }
    }

    /** {@code admin publish}: {@code changed} is false when the snapshot was served already. */
    record Published(String snapshot, long generation, boolean changed, String note) {}

    private static String hex(ByteString bytes) {
        return HexFormat.of().formatHex(bytes.toByteArray());
    }

    private static String hash(ByteString bytes) {
        return bytes.isEmpty() ? "" : "0x" + hex(bytes);
    }
}
