package org.morphogen.coordinator;

import com.google.protobuf.ByteString;
import io.grpc.Server;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.curator.framework.CuratorFramework;
import org.apache.zookeeper.CreateMode;
import org.jspecify.annotations.Nullable;
import org.morphogen.coordinator.membership.NodeSighting;
import org.morphogen.coordinator.transfer.SnapshotLibrary;
import org.morphogen.epoch.DeltaCodec;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.Failures;
import org.morphogen.failure.MorphogenException;
import org.morphogen.protocol.v1.ApplyPart;
import org.morphogen.protocol.v1.ApplyResponse;
import org.morphogen.protocol.v1.ChunkDigestsRequest;
import org.morphogen.protocol.v1.ChunkDigestsResponse;
import org.morphogen.protocol.v1.ChunkRef;
import org.morphogen.protocol.v1.DictionaryResponse;
import org.morphogen.protocol.v1.DropRequest;
import org.morphogen.protocol.v1.DropResponse;
import org.morphogen.protocol.v1.EpochBinding;
import org.morphogen.protocol.v1.HeldGeneration;
import org.morphogen.protocol.v1.HoldRequest;
import org.morphogen.protocol.v1.HoldResponse;
import org.morphogen.protocol.v1.NodeControlServiceGrpc;
import org.morphogen.protocol.v1.NodeStatus;
import org.morphogen.protocol.v1.NodeStatusRequest;
import org.morphogen.protocol.v1.PieceDigest;
import org.morphogen.protocol.v1.ReadDictionaryRequest;
import org.morphogen.protocol.v1.ReadRowsRequest;
import org.morphogen.protocol.v1.ReadRowsResponse;
import org.morphogen.protocol.v1.RewindRequest;
import org.morphogen.protocol.v1.RewindResponse;
import org.morphogen.snapshot.ChunkId;
import org.morphogen.snapshot.Sha256;
import org.morphogen.snapshot.SnapshotDigest;
import org.morphogen.snapshot.SnapshotDirectory;
import org.morphogen.transport.Endpoint;
import org.morphogen.transport.TlsSettings;
import org.morphogen.transport.Transport;
import org.morphogen.zookeeper.ClusterPaths;
import org.morphogen.zookeeper.NodeRegistration;
import org.morphogen.zookeeper.RecordCodec;

/**
 * Stands for a shard node: a real gRPC server and a real ephemeral registration, but chunks that are "loaded" by
 * counting; or, given a folder of snapshots, by reading them, and then it keeps epochs too. Faults are switched by fields.
 */
public final class FakeNode implements AutoCloseable {
    public static final long MEMORY_BYTES = 1 << 20;
    public static final int WINDOW_EPOCHS = 64;

    private final String nodeId;
    private final ClusterPaths paths;
    private final Optional<TestZooKeeper> zooKeeper;
    private final Map<Long, HeldEpochs> epochs = new ConcurrentHashMap<>();
    private final FakeEpochControl epochControl = new FakeEpochControl(this::epochs);
    private final Map<Long, HoldRequest> held = new ConcurrentSkipListMap<>();
    private final List<HoldRequest> holds = new CopyOnWriteArrayList<>();
    private final List<Long> drops = new CopyOnWriteArrayList<>();
    private volatile boolean loading = true;
    private volatile boolean hanging;
    private volatile String problem = "";
    private volatile String rows = "";
    private final AtomicInteger digestsForOthers = new AtomicInteger();
    private volatile long newestTerm;
    private volatile long promisedBytes;
    private volatile Optional<Path> snapshots = Optional.empty();
    private volatile int port;
    private volatile @Nullable Server server;
    private @Nullable CuratorFramework client;

    public FakeNode(String nodeId, int party, TestZooKeeper zooKeeper) {
        this.nodeId = nodeId;
        this.paths = new ClusterPaths(party);
        this.zooKeeper = Optional.of(zooKeeper);
    }

    /** One that nobody finds but who is told. */
    public FakeNode(String nodeId, int party) {
        this.nodeId = nodeId;
        this.paths = new ClusterPaths(party);
        this.zooKeeper = Optional.empty();
    }

    /** Makes it read the snapshots of that folder, and keep their epochs. */
    public FakeNode reading(Path folder) {
        snapshots = Optional.of(folder);
        return this;
    }

    /** Starts, or starts again with what it held. */
    public FakeNode start() {
        try {
            server = Transport.server(
                            new Endpoint("127.0.0.1", zooKeeper.isPresent() ? 0 : port),
                            TlsSettings.NONE,
                            List.of(),
                            List.of(new Control()),
                            Thread::startVirtualThread)
                    .start();
            port = server.getPort();
        } catch (IOException failed) {
            throw new IllegalStateException(failed);
        }
        zooKeeper.ifPresent(this::register);
        return this;
    }

    /** As it stands in ZooKeeper. */
    public NodeRegistration registration() {
        return new NodeRegistration(nodeId, "127.0.0.1:" + port, MEMORY_BYTES);
    }

    /** What a poll finds right now. */
    public NodeSighting sighting() {
        return hanging
                ? new NodeSighting(registration(), Optional.empty(), NodeSighting.MISSES_FORGIVEN + 1, "no answer")
                : new NodeSighting(registration(), Optional.of(status()), 0, "");
    }

    public boolean runs() {
        return server != null;
    }

    private NodeStatus status() {
        NodeStatus.Builder status = NodeStatus.newBuilder()
                .setNodeId(nodeId)
                .setState("READY")
                .setEngine("fake")
                .setMemoryLimitBytes(MEMORY_BYTES);
        held.values().forEach(wish -> status.addGenerations(generation(wish)));
        return status.build();
    }

    private void register(TestZooKeeper at) {
        try {
            CuratorFramework connected = at.connect();
            client = connected;
            connected
                    .create()
                    .creatingParentsIfNeeded()
                    .withMode(CreateMode.EPHEMERAL)
                    .forPath(paths.node(nodeId), new RecordCodec<>(NodeRegistration.class).encode(registration()));
        } catch (Exception failed) {
            throw new IllegalStateException("node " + nodeId + " cannot register", failed);
        }
    }

    /** Dies: its registration goes, its port is closed. */
    public void kill() {
        if (client != null) {
            client.close();
            client = null;
        }
        if (server != null) {
            server.shutdownNow();
            server = null;
        }
    }

    public void loseEverything() {
        held.clear();
        epochs.clear();
    }

    /** Holds chunks of a generation, as if it had been told to. */
    public void hold(long generation, SnapshotDirectory snapshot, Collection<ChunkId> chunks) {
        HoldRequest.Builder wish = HoldRequest.newBuilder()
                .setGeneration(generation)
                .setSnapshotDigest(ByteString.copyFrom(snapshot.digest().bytes()));
        chunks.forEach(chunk -> wish.addChunks(ChunkRef.newBuilder()
                .setTable(chunk.table())
                .setWay(chunk.way())
                .setIndex(chunk.index())));
        held.put(generation, wish.build());
        epochs.put(generation, new HeldEpochs(snapshot, chunks, WINDOW_EPOCHS));
    }

    /** The epochs of a generation; fails as a node does that holds none. */
    public HeldEpochs epochs(long generation) {
        HeldEpochs found = epochs.get(generation);
        if (found == null) {
            throw new MorphogenException(FailureReason.GENERATION_UNKNOWN, "generation: nothing is held of it.");
        }
        return found;
    }

    /** Its epoch calls, to make them go wrong. */
    public FakeEpochControl epochControl() {
        return epochControl;
    }

    /** Holds a generation that nobody asked for. */
    public void hold(long generation) {
        held.put(generation, HoldRequest.newBuilder().setGeneration(generation).build());
    }

    /** Whether chunks become ready; a node that does not load stays at none, and tells the digest of none. */
    public void setLoading(boolean now) {
        loading = now;
    }

    /** A hanging node takes calls and never answers. */
    public void setHanging(boolean now) {
        hanging = now;
    }

    public void setProblem(String now) {
        problem = now;
    }

    /** Bytes that each generation will take once it is loaded. */
    public void setPromisedBytes(long now) {
        promisedBytes = now;
    }

    /** What its rows are: nodes with the same text hold the same rows. */
    public void setRows(String now) {
        rows = now;
    }

    /** Makes digests for somebody else, this many times. */
    public void setDigestsForOthers(int times) {
        digestsForOthers.set(times);
    }

    /** What a node with these rows says of a chunk. */
    public static String digest(String file, long epoch, String rows) {
        return Sha256.of((file + " " + epoch + " " + rows).getBytes(StandardCharsets.UTF_8));
    }

    /** Pretends to have heard of a newer leader. */
    public void haveSeenTerm(long term) {
        newestTerm = term;
    }

    public String nodeId() {
        return nodeId;
    }

    public List<Long> heldGenerations() {
        return List.copyOf(held.keySet());
    }

    public List<HoldRequest> holds() {
        return List.copyOf(holds);
    }

    public List<Long> drops() {
        return List.copyOf(drops);
    }

    @Override
    public void close() {
        kill();
    }

    private HeldGeneration generation(HoldRequest wish) {
        HeldGeneration.Builder told = HeldGeneration.newBuilder()
                .setGeneration(wish.getGeneration())
                .setSnapshotDigest(ByteString.copyFrom(wish.getSnapshotDigest().toByteArray()))
                .setAssignmentVersion(wish.getAssignmentVersion())
                .setChunksWanted(wish.getChunksCount())
                .setChunksReady(loading && problem.isEmpty() ? wish.getChunksCount() : 0)
                .setBytesWanted(promisedBytes)
                .setProblem(problem);
        HeldEpochs known = epochs.get(wish.getGeneration());
        if (known != null) {
            told.setHead(
                            epochControl.talksNonsense()
                                    ? EpochBinding.getDefaultInstance()
                                    : DeltaCodec.write(known.head()))
                    .setOldest(DeltaCodec.write(known.oldest()));
        }
        return told.build();
    }

    private final class Control extends NodeControlServiceGrpc.NodeControlServiceImplBase {
        @Override
        public void hold(HoldRequest request, StreamObserver<HoldResponse> reply) {
            if (refused(request.getTerm(), reply)) {
                return;
            }
            holds.add(request);
            held.put(request.getGeneration(), request);
            snapshots.ifPresent(folder -> epochs.computeIfAbsent(request.getGeneration(), _ -> read(folder, request)));
            reply.onNext(HoldResponse.getDefaultInstance());
            reply.onCompleted();
        }

        @Override
        public void drop(DropRequest request, StreamObserver<DropResponse> reply) {
            if (refused(request.getTerm(), reply)) {
                return;
            }
            drops.add(request.getGeneration());
            held.remove(request.getGeneration());
            epochs.remove(request.getGeneration());
            reply.onNext(DropResponse.getDefaultInstance());
            reply.onCompleted();
        }

        @Override
        public void status(NodeStatusRequest request, StreamObserver<NodeStatus> reply) {
            if (refused(request.getTerm(), reply)) {
                return;
            }
            reply.onNext(FakeNode.this.status());
            reply.onCompleted();
        }

        @Override
        public void chunkDigests(ChunkDigestsRequest request, StreamObserver<ChunkDigestsResponse> reply) {
            if (refused(request.getTerm(), reply)) {
                return;
            }
            if (digestsForOthers.getAndUpdate(times -> Math.max(0, times - 1)) > 0) {
                reply.onError(Failures.toStatus(new MorphogenException(FailureReason.BUSY, "Others.")));
                return;
            }
            ChunkDigestsResponse.Builder response = ChunkDigestsResponse.newBuilder();
            Optional.ofNullable(held.get(request.getGeneration()))
                    .filter(_ -> loading)
                    .ifPresent(wish -> request.getChunksList().stream()
                            .filter(wish.getChunksList()::contains)
                            .forEach(chunk -> response.addChunks(PieceDigest.newBuilder()
                                    .setChunk(chunk)
                                    .setSha256(digest(chunk, request.getEpoch())))));
            reply.onNext(response.build());
            reply.onCompleted();
        }

        private ByteString digest(ChunkRef chunk, long epoch) {
            String file = new ChunkId(chunk.getTable(), chunk.getWay(), chunk.getIndex()).fileName();
            return ByteString.copyFrom(HexFormat.of().parseHex(FakeNode.digest(file, epoch, rows)));
        }

        @Override
        public void readDictionary(ReadDictionaryRequest request, StreamObserver<DictionaryResponse> reply) {
            if (!refused(request.getTerm(), reply)) {
                FakeEpochControl.answer(reply, () -> epochControl.read(request.getDictionary()));
            }
        }

        private HeldEpochs read(Path folder, HoldRequest wish) {
            SnapshotDigest digest = SnapshotDigest.of(wish.getSnapshotDigest().toByteArray());
            List<ChunkId> chunks = wish.getChunksList().stream()
                    .map(chunk -> new ChunkId(chunk.getTable(), chunk.getWay(), chunk.getIndex()))
                    .toList();
            return new HeldEpochs(new SnapshotLibrary(folder).find(digest), chunks, WINDOW_EPOCHS);
        }

        @Override
        public StreamObserver<ApplyPart> apply(StreamObserver<ApplyResponse> reply) {
            return epochControl.apply(reply, term -> refused(term, reply));
        }

        @Override
        public void rewind(RewindRequest request, StreamObserver<RewindResponse> reply) {
            if (!refused(request.getTerm(), reply)) {
                FakeEpochControl.answer(
                        reply,
                        () -> RewindResponse.newBuilder()
                                .setHead(DeltaCodec.write(
                                        epochControl.rewind(request.getGeneration(), request.getDigest())))
                                .build());
            }
        }

        @Override
        public void readRows(ReadRowsRequest request, StreamObserver<ReadRowsResponse> reply) {
            if (!refused(request.getTerm(), reply)) {
                FakeEpochControl.answer(reply, () -> epochControl.read(request));
            }
        }

        private boolean refused(long term, StreamObserver<?> reply) {
            if (hanging) {
                return true;
            }
            if (term < newestTerm) {
                reply.onError(Failures.toStatus(new MorphogenException(
                        FailureReason.STALE_TERM,
                        "A newer leader has called.",
                        Map.of("term", Long.toString(newestTerm)))));
                return true;
            }
            newestTerm = term;
            return false;
        }
    }
}
