package org.morphogen.coordinator.digest;

import com.google.protobuf.ByteString;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.morphogen.coordinator.membership.NodeLink;
import org.morphogen.epoch.DeltaCodec;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.Failures;
import org.morphogen.failure.MorphogenException;
import org.morphogen.protocol.v1.ChunkDigestsRequest;
import org.morphogen.protocol.v1.ChunkDigestsResponse;
import org.morphogen.protocol.v1.ChunkRef;
import org.morphogen.protocol.v1.ChunkReplicas;
import org.morphogen.protocol.v1.DigestsRequest;
import org.morphogen.protocol.v1.DigestsStart;
import org.morphogen.protocol.v1.EpochBinding;
import org.morphogen.protocol.v1.Replica;
import org.morphogen.protocol.v1.ReplicaDigest;
import org.morphogen.protocol.v1.ServedGeneration;
import org.morphogen.protocol.v1.Shard;
import org.morphogen.protocol.v1.WayChunks;

/**
 * Asks every replica of every chunk of a view for the chunk's digest at one epoch. A node is asked for one chunk at a
 * time, so its scans go on and no call takes long. Immutable and thread-safe.
 */
public final class DigestRound {
    /** Of one chunk, 1 GiB at most, on a loaded node; others that wait for it included. */
    private static final Duration CHUNK_DEADLINE = Duration.ofMinutes(2);

    private static final Duration PAUSE_WHEN_BUSY = Duration.ofMillis(500);

    private final Function<String, Optional<NodeLink>> nodes;
    private final long term;
    private final ServedGeneration serving;
    private final EpochBinding at;

    /**
     * A round over what is served; fails with EPOCH_OUTSIDE_WINDOW.
     *
     * @param nodes links by id, of those that are alive
     * @param term the newest known
     */
    public DigestRound(
            Function<String, Optional<NodeLink>> nodes, long term, ServedGeneration serving, DigestsRequest request) {
        this.nodes = nodes;
        this.term = term;
        this.serving = serving;
        this.at = EpochChoice.of(request, serving);
    }

    /** What the round is over. */
    public DigestsStart start(int party) {
        return DigestsStart.newBuilder()
                .setParty(party)
                .setGeneration(serving.getGeneration())
                .setSnapshotDigest(serving.getSnapshotDigest())
                .setEpoch(at)
                .setChunks(serving.getShardsList().stream()
                        .mapToInt(shard -> (int) chunks(shard).count())
                        .sum())
                .build();
    }

    /**
     * Makes the round: shards side by side, the chunks of each one after another. Returns when all is told.
     *
     * @param told gets each chunk, from several threads
     * @param gone whether nobody wants to know any more
     */
    public void run(Consumer<ChunkReplicas> told, BooleanSupplier gone) {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<CompletableFuture<Void>> shards = serving.getShardsList().stream()
                    .map(shard -> CompletableFuture.runAsync(
                            () -> chunks(shard)
                                    .takeWhile(_ -> !gone.getAsBoolean())
                                    .forEach(chunk -> told.accept(ask(shard, chunk, threads))),
                            threads))
                    .toList();
            CompletableFuture.allOf(shards.toArray(CompletableFuture[]::new)).join();
        }
    }

    private static Stream<ChunkRef> chunks(Shard shard) {
        return shard.getChunksList().stream().flatMap(DigestRound::chunks);
    }

    private static Stream<ChunkRef> chunks(WayChunks way) {
        return way.getRangesList().stream()
                .flatMapToInt(range -> IntStream.range(range.getFirst(), range.getFirst() + range.getCount()))
                .mapToObj(index -> ChunkRef.newBuilder()
                        .setTable(way.getTable())
                        .setWay(way.getWay())
                        .setIndex(index)
                        .build());
    }

    private ChunkReplicas ask(Shard shard, ChunkRef chunk, ExecutorService threads) {
        List<CompletableFuture<ReplicaDigest>> answers = shard.getReplicasList().stream()
                .map(replica -> CompletableFuture.supplyAsync(() -> ask(replica, chunk), threads))
                .toList();
        ChunkReplicas.Builder all = ChunkReplicas.newBuilder().setChunk(chunk);
        answers.forEach(answer -> all.addReplicas(answer.join()));
        return all.build();
    }

    private ReplicaDigest ask(Replica replica, ChunkRef chunk) {
        ReplicaDigest.Builder digest = ReplicaDigest.newBuilder().setNodeId(replica.getNodeId());
        Optional<NodeLink> node = nodes.apply(replica.getNodeId());
        if (node.isEmpty()) {
            return digest.setProblem("not registered in ZooKeeper").build();
        }
        try {
            return answer(node.get(), chunk).getChunksList().stream()
                    .filter(told -> told.getChunk().equals(chunk))
                    .findFirst()
                    .map(told -> digest.setSha256(told.getSha256()))
                    .orElseGet(() -> digest.setProblem("does not hold it, or not yet"))
                    .build();
        } catch (MorphogenException failure) {
            return digest.setProblem(failure.explain()).build();
        }
    }

    /** Waits while the node makes digests for others. */
    private ChunkDigestsResponse answer(NodeLink node, ChunkRef chunk) {
        ChunkDigestsRequest request = ChunkDigestsRequest.newBuilder()
                .setTerm(term)
                .setGeneration(serving.getGeneration())
                .setEpoch(at.getEpoch())
                .setEpochMark(ByteString.copyFrom(DeltaCodec.read(at).mark()))
                .addChunks(chunk)
                .build();
        long endNanos = System.nanoTime() + CHUNK_DEADLINE.toNanos();
        while (true) {
            long leftNanos = endNanos - System.nanoTime();
            try {
                return node.chunkDigests(request, Duration.ofNanos(leftNanos)).join();
            } catch (CompletionException thrown) {
                MorphogenException failure = Failures.fromStatus(
                        "Node", Optional.ofNullable(thrown.getCause()).orElse(thrown));
                if (failure.reason() != FailureReason.BUSY || leftNanos < 2 * PAUSE_WHEN_BUSY.toNanos() || !paused()) {
                    throw failure;
                }
            }
        }
    }

    private static boolean paused() {
        try {
            Thread.sleep(PAUSE_WHEN_BUSY);
            return true;
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
