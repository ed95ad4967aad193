package org.morphogen.coordinator.placement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.morphogen.snapshot.ChunkId;

@Timeout(value = 30, unit = TimeUnit.SECONDS)
class PlacementTest {
    private static final int ROUNDS = 300;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void placesEveryChunkOnceWithinCapacityOnEnoughNodes(long seed) {
        Random random = new Random(seed);
        for (int round = 0; round < ROUNDS; round++) {
            String about = "seed " + seed + ", round " + round;
            int replicas = 1 + random.nextInt(3);
            List<SizedChunk> chunks = chunks(random);
            List<NodeCapacity> nodes = nodes(random, replicas + random.nextInt(20), 400);
            try {
                List<ShardRecord> shards = Placement.place(nodes, chunks, replicas);
                requireSound(about, shards, nodes, chunks, replicas);
            } catch (MorphogenException lacking) {
                assertThat(lacking.reason()).as(about).isEqualTo(FailureReason.CAPACITY_LACKING);
                assertThat(fitsInOrder(nodes, chunks, replicas)).as(about).isFalse();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {11, 12, 13})
    void spreadsInProportionToFreeMemoryWithinOneChunk(long seed) {
        Random random = new Random(seed);
        for (int round = 0; round < ROUNDS; round++) {
            String about = "seed " + seed + ", round " + round;
            int replicas = 1 + random.nextInt(3);
            List<SizedChunk> chunks = chunks(random);
            long total = total(chunks);
            // Twice the room, and a whole chunk of slack in each group, so that room never moves a cut.
            List<NodeCapacity> nodes = nodes(random, replicas * (1 + random.nextInt(6)), 100).stream()
                    .map(node -> new NodeCapacity(node.nodeId(), node.endpoint(), node.freeBytes() + 3 * total))
                    .toList();
            long[] loads = new long[nodes.size() / replicas];
            long[] room = new long[loads.length];
            List<ShardRecord> shards = Placement.place(nodes, chunks, replicas);
            List<NodeCapacity> ordered = ordered(nodes);
            for (int g = 0; g < loads.length; g++) {
                String first = ordered.get(g * replicas).nodeId();
                room[g] = ordered.get((g + 1) * replicas - 1).freeBytes();
                loads[g] = shards.stream()
                        .filter(shard -> shard.replicas().getFirst().nodeId().equals(first))
                        .mapToLong(shard -> bytes(shard, chunks))
                        .sum();
            }
            long allRoom =
                    IntStream.range(0, room.length).mapToLong(g -> room[g]).sum();
            long largest = chunks.stream().mapToLong(SizedChunk::bytes).max().orElseThrow();
            for (int g = 0; g < loads.length; g++) {
                double share = total * (room[g] / (double) allRoom);
                assertThat((double) loads[g]).as(about + ", group " + g).isBetween(share - largest, share + largest);
            }
        }
    }

    @Test
    void isTheSameWhateverTheOrderOfNodes() {
        Random random = new Random(5);
        List<SizedChunk> chunks = chunks(random);
        List<NodeCapacity> nodes = new ArrayList<>(nodes(random, 9, 1000));
        List<ShardRecord> shards = Placement.place(nodes, chunks, 2);
        Collections.shuffle(nodes, random);

        assertThat(Placement.place(nodes, chunks, 2)).isEqualTo(shards);
    }

    @Test
    void usesSpareNodesAsFurtherReplicas() {
        List<SizedChunk> chunks = List.of(chunk(0, 0, 10));
        List<NodeCapacity> nodes = List.of(node("a", 50), node("b", 40), node("c", 30), node("d", 20), node("e", 5));

        List<ShardRecord> shards = Placement.place(nodes, chunks, 2);

        assertThat(shards).hasSize(1);
        assertThat(shards.getFirst().replicas())
                .extracting(ReplicaRecord::nodeId)
                .as("e is too small")
                .containsExactly("a", "b", "c", "d");
    }

    @Test
    void saysWithFiguresThatNodesAreTooFew() {
        MorphogenException lacking = catchThrowableOfType(
                MorphogenException.class, () -> Placement.place(List.of(node("a", 100)), List.of(chunk(0, 0, 10)), 2));

        assertThat(lacking.reason()).isEqualTo(FailureReason.CAPACITY_LACKING);
        assertThat(lacking).hasMessageContaining("2 replicas").hasMessageContaining("1 answer");
        assertThat(lacking.facts())
                .containsEntry("nodes", "1")
                .containsEntry("replicas", "2")
                .containsEntry("neededBytes", "10")
                .containsEntry("freeBytes", "100");
    }

    @Test
    void saysWithFiguresThatMemoryIsTooLittle() {
        List<NodeCapacity> nodes = List.of(node("a", 3L << 30), node("b", 1L << 30));
        List<SizedChunk> chunks = List.of(chunk(0, 0, 2L << 30));

        assertThatThrownBy(() -> Placement.place(nodes, chunks, 2))
                .isInstanceOf(MorphogenException.class)
                .hasMessageContaining("4.0 GiB")
                .hasMessageContaining("2.0 GiB");
    }

    @Test
    void nonsenseFromANodeCountsAsNoRoom() {
        assertThat(NodeCapacity.of("a", "127.0.0.1:1", 10, 20).freeBytes()).isZero();
        assertThat(NodeCapacity.of("a", "127.0.0.1:1", Long.MAX_VALUE, 0).freeBytes())
                .isEqualTo(NodeCapacity.MOST_BYTES);
    }

    private static void requireSound(
            String about, List<ShardRecord> shards, List<NodeCapacity> nodes, List<SizedChunk> chunks, int replicas) {
        List<ChunkId> placed =
                shards.stream().flatMap(shard -> shard.chunks().stream()).toList();
        assertThat(placed)
                .as(about + ": every chunk once, in order, so each shard is contiguous")
                .containsExactlyElementsOf(chunks.stream().map(SizedChunk::id).toList());
        Map<String, Long> free = new HashMap<>();
        nodes.forEach(node -> free.put(node.nodeId(), node.freeBytes()));
        for (ShardRecord shard : shards) {
            assertThat(shard.replicas().size()).as(about).isGreaterThanOrEqualTo(replicas);
            for (ReplicaRecord replica : shard.replicas()) {
                assertThat(bytes(shard, chunks)).as(about).isLessThanOrEqualTo(free.get(replica.nodeId()));
            }
        }
        // The constructor refuses a node in two shards.
        assertThat(new AssignmentRecord(1, 1, shards).shards()).isEqualTo(shards);
    }

    /** The oracle: filling groups to the brim, largest first, holds everything whenever any cut does. */
    private static boolean fitsInOrder(List<NodeCapacity> nodes, List<SizedChunk> chunks, int replicas) {
        List<NodeCapacity> ordered = ordered(nodes);
        int next = 0;
        for (int g = 0; g < ordered.size() / replicas; g++) {
            long left = ordered.get((g + 1) * replicas - 1).freeBytes();
            while (next < chunks.size() && chunks.get(next).bytes() <= left) {
                left -= chunks.get(next++).bytes();
            }
        }
        return next == chunks.size();
    }

    private static List<NodeCapacity> ordered(List<NodeCapacity> nodes) {
        return nodes.stream()
                .sorted((a, b) -> a.freeBytes() == b.freeBytes()
                        ? a.nodeId().compareTo(b.nodeId())
                        : Long.compare(b.freeBytes(), a.freeBytes()))
                .toList();
    }

    private static long bytes(ShardRecord shard, List<SizedChunk> chunks) {
        return chunks.stream()
                .filter(chunk -> shard.chunks().contains(chunk.id()))
                .mapToLong(SizedChunk::bytes)
                .sum();
    }

    private static long total(List<SizedChunk> chunks) {
        return chunks.stream().mapToLong(SizedChunk::bytes).sum();
    }

    private static List<SizedChunk> chunks(Random random) {
        int perWay = 1 + random.nextInt(20);
        long bytes = 1L + random.nextInt(40);
        long lastBytes = 1L + random.nextInt((int) bytes);
        return IntStream.range(0, 3 * perWay)
                .mapToObj(i -> chunk(i / perWay, i % perWay, i % perWay == perWay - 1 ? lastBytes : bytes))
                .toList();
    }

    private static List<NodeCapacity> nodes(Random random, int count, int mostBytes) {
        return IntStream.range(0, count)
                .mapToObj(i -> node("n" + i, random.nextInt(mostBytes)))
                .toList();
    }

    private static SizedChunk chunk(int way, int index, long bytes) {
        return new SizedChunk(new ChunkId("accounts", way, index), bytes);
    }

    private static NodeCapacity node(String id, long freeBytes) {
        return new NodeCapacity(id, "127.0.0.1:1", freeBytes);
    }
}
