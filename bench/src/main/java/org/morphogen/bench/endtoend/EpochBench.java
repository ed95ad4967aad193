package org.morphogen.bench.endtoend;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.morphogen.bench.measure.Rounds;
import org.morphogen.deploy.cluster.ClusterPlan;
import org.morphogen.deploy.cluster.LocalCluster;
import org.morphogen.deploy.cluster.LocalParty;
import org.morphogen.deploy.cluster.PartyAdmin;
import org.morphogen.dpf.DpfKeyCodec;
import org.morphogen.dpf.DpfKeyGenerator;
import org.morphogen.epoch.DeltaCodec;
import org.morphogen.epoch.DeltaHeader;
import org.morphogen.epoch.DeltaPiece;
import org.morphogen.epoch.Epoch;
import org.morphogen.protocol.v1.ApplyPart;
import org.morphogen.protocol.v1.ApplyResponse;
import org.morphogen.protocol.v1.ApplyStart;
import org.morphogen.protocol.v1.ChunkRange;
import org.morphogen.protocol.v1.NodeControlServiceGrpc;
import org.morphogen.protocol.v1.QueryRequest;
import org.morphogen.protocol.v1.WayKeys;
import org.morphogen.row.Bytes32;
import org.morphogen.settings.ByteSize;
import org.morphogen.snapshot.BlockInfo;
import org.morphogen.snapshot.ChunkGeometry;
import org.morphogen.snapshot.ChunkId;
import org.morphogen.transport.Endpoint;
import org.morphogen.transport.TlsSettings;
import org.morphogen.transport.Transport;

/** Two node processes with the same shard, of which one follows a made-up chain and the other stands still. */
public final class EpochBench implements AutoCloseable {
    private static final int WAYS = 3;
    private static final Duration READY_TIMEOUT = Duration.ofMinutes(3);
    private static final int ANSWER_SECONDS = 60;
    private static final String SNAPSHOT = "noise";

    private final LocalCluster cluster;
    private final ChunkGeometry geometry;
    private final long generation;
    private final long term;
    private final List<NodeLoad> loads = new ArrayList<>();
    private final ManagedChannel control;
    private final List<Epoch> epochs = new CopyOnWriteArrayList<>();
    private final long followerPid;
    private final long stillPid;
    private final SplittableRandom random = new SplittableRandom(1);
    private final DpfKeyGenerator generator = new DpfKeyGenerator(new SecureRandom());

    /** Starts one party with two nodes and waits until it serves. {@code folder} is new. */
    public EpochBench(Path folder, String engine, int rowBytes, long bytes) throws IOException {
        ByteSize memory = new ByteSize(bytes + (64L << 20));
        cluster = new LocalCluster(new ClusterPlan(ClusterPlan.ownLauncher(), folder, 2, 2, memory));
        LocalParty party = cluster.party(0);
        for (int node = 0; node < 2; node++) {
            Files.writeString(party.nodeSettings(node), "engine: " + engine + "\n", StandardOpenOption.APPEND);
        }
        geometry = RandomSnapshot.write(party.snapshots().resolve(SNAPSHOT), rowBytes, bytes);
        party.start();
        try (PartyAdmin admin = new PartyAdmin(party)) {
            admin.awaitNodes(2, READY_TIMEOUT);
            admin.publish(SNAPSHOT, progress -> {});
            admin.awaitAllReplicasReady(READY_TIMEOUT);
            var status = admin.status();
            var serving = status.getView().getServing();
            generation = serving.getGeneration();
            term = status.getTerm();
            epochs.add(DeltaCodec.read(serving.getHead()));
            serving.getShards(0)
                    .getReplicasList()
                    .forEach(replica -> loads.add(new NodeLoad(Endpoint.parse(replica.getEndpoint()), 1)));
            Endpoint follower =
                    Endpoint.parse(serving.getShards(0).getReplicas(0).getEndpoint());
            Endpoint still = Endpoint.parse(serving.getShards(0).getReplicas(1).getEndpoint());
            followerPid = pid(party, follower);
            stillPid = pid(party, still);
            control = Transport.channel(follower, TlsSettings.NONE, Thread::startVirtualThread);
        }
    }

    private static long pid(LocalParty party, Endpoint node) {
        String name = party.nodeAt(node);
        return party.processes().stream()
                .filter(process -> process.name().endsWith(name))
                .findFirst()
                .orElseThrow()
                .pid();
    }

    /**
     * Memory of both nodes.
     *
     * @param matrix bytes of the rows
     * @param follower bytes resident of the process that follows
     * @param still bytes resident of the one that stands still
     */
    public record Memory(long matrix, long follower, long still) {}

    /** What the processes take now. */
    public Memory memory() throws IOException {
        return new Memory(
                WAYS * geometry.rowsPerWay() * geometry.rowBytes(), resident(followerPid), resident(stillPid));
    }

    /** Of Linux: pages of every size that are in memory. */
    private static long resident(long pid) throws IOException {
        long kilobytes = 0;
        for (String line : Files.readAllLines(Path.of("/proc", Long.toString(pid), "status"))) {
            if (line.startsWith("VmRSS:") || line.startsWith("HugetlbPages:")) {
                kilobytes += Long.parseLong(line.replaceAll("[^0-9]", ""));
            }
        }
        return kilobytes << 10;
    }

    /** Gives the first node a block with so many changed rows; the nanoseconds until it acknowledges. */
    public long apply(int rows) throws Exception {
        TreeMap<ChunkId, TreeMap<Integer, byte[]>> changed = new TreeMap<>();
        for (int i = 0; i < rows; i++) {
            long row = random.nextLong(geometry.rowsPerWay());
            byte[] diff = new byte[geometry.rowBytes()];
            random.nextBytes(diff);
            ChunkId chunk = new ChunkId(RandomSnapshot.TABLE, random.nextInt(WAYS), (int) (row / geometry.chunkRows()));
            changed.computeIfAbsent(chunk, _ -> new TreeMap<>()).put((int) (row % geometry.chunkRows()), diff);
        }
        List<DeltaPiece> pieces = new ArrayList<>();
        changed.forEach((chunk, diffs) -> {
            ByteBuffer entries = ByteBuffer.allocate(diffs.size() * DeltaPiece.entryBytes(geometry.rowBytes()));
            diffs.forEach((row, diff) -> entries.putInt(row).put(diff));
            pieces.add(new DeltaPiece(chunk, geometry.rowBytes(), entries.array()));
        });
        Epoch head = epochs.getLast();
        DeltaHeader header = new DeltaHeader(
                head.digest(),
                head.number() + 1,
                new BlockInfo(
                        head.block().number() + 1,
                        head.block().hash(),
                        head.block().stateRoot()),
                Bytes32.parse(head.block().hash()),
                List.of(),
                pieces.stream().map(DeltaPiece::digest).toList());
        long nanos = send(header, pieces);
        epochs.add(header.epoch());
        return nanos;
    }

    private long send(DeltaHeader header, List<DeltaPiece> pieces) throws Exception {
        CompletableFuture<ApplyResponse> answer = new CompletableFuture<>();
        long begin = System.nanoTime();
        StreamObserver<ApplyPart> call = NodeControlServiceGrpc.newStub(control).apply(new First<>(answer));
        call.onNext(ApplyPart.newBuilder()
                .setStart(ApplyStart.newBuilder()
                        .setTerm(term)
                        .setGeneration(generation)
                        .setHeader(DeltaCodec.write(header)))
                .build());
        pieces.forEach(piece -> call.onNext(
                ApplyPart.newBuilder().setPiece(DeltaCodec.write(piece)).build()));
        call.onCompleted();
        answer.get(ANSWER_SECONDS, TimeUnit.SECONDS);
        return System.nanoTime() - begin;
    }

    /**
     * One lookup at a time: baseline at the node that stands still, subject at the one that follows.
     *
     * @param back epochs behind the head
     */
    public Rounds lookups(int back, int rounds) throws Exception {
        return Rounds.run(
                10,
                rounds,
                () -> lookup(loads.get(1), epochs.getFirst()),
                () -> lookup(loads.get(0), epochs.get(epochs.size() - 1 - back)));
    }

    /** As {@link #lookups}, at the head, while blocks with so many changed rows come at a pace. */
    public Rounds lookupsWhileBlocksCome(int rows, Duration pace, int rounds) throws Exception {
        AtomicBoolean over = new AtomicBoolean();
        CompletableFuture<Void> blocks =
                CompletableFuture.runAsync(() -> come(rows, pace, over), Thread::startVirtualThread);
        try {
            return lookups(0, rounds);
        } finally {
            over.set(true);
            blocks.get(ANSWER_SECONDS, TimeUnit.SECONDS);
        }
    }

    private void come(int rows, Duration pace, AtomicBoolean over) {
        try {
            while (!over.get()) {
                Thread.sleep(pace);
                apply(rows);
            }
        } catch (Exception failed) {
            throw new IllegalStateException("a block failed", failed);
        }
    }

    private boolean lookup(NodeLoad load, Epoch at) throws Exception {
        QueryRequest.Builder request = QueryRequest.newBuilder()
                .setGeneration(generation)
                .setEpoch(at.number())
                .setEpochMark(ByteString.copyFrom(at.mark()))
                .setTable(RandomSnapshot.TABLE);
        for (int way = 0; way < WAYS; way++) {
            var key = generator
                    .generate(geometry.domain(), random.nextLong(geometry.rowsPerWay()))
                    .party0();
            request.addWays(WayKeys.newBuilder()
                    .setWay(way)
                    .addChunks(ChunkRange.newBuilder().setCount(geometry.chunksPerWay()))
                    .addKeys(ByteString.copyFrom(DpfKeyCodec.encode(key))));
        }
        CompletableFuture<Boolean> answered = new CompletableFuture<>();
        load.ask(request.build(), answered::complete);
        if (!answered.get(ANSWER_SECONDS, TimeUnit.SECONDS)) {
            throw new IllegalStateException("a lookup failed: " + load.lastFailure());
        }
        return true;
    }

    @Override
    public void close() {
        loads.forEach(NodeLoad::close);
        control.shutdownNow();
        cluster.close();
    }

    private record First<T>(CompletableFuture<T> answer) implements StreamObserver<T> {
        @Override
        public void onNext(T value) {
            answer.complete(value);
        }

        @Override
        public void onError(Throwable failed) {
            answer.completeExceptionally(failed);
        }

        @Override
        public void onCompleted() {
            answer.completeExceptionally(new IllegalStateException("no answer"));
        }
    }
}
