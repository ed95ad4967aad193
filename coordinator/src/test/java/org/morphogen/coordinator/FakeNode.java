package org.morphogen.coordinator;

import com.google.protobuf.ByteString;
import io.grpc.Server;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.curator.framework.CuratorFramework;
import org.apache.zookeeper.CreateMode;
import org.jspecify.annotations.Nullable;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.Failures;
import org.morphogen.failure.MorphogenException;
import org.morphogen.protocol.v1.ChunkDigestsRequest;
import org.morphogen.protocol.v1.ChunkDigestsResponse;
import org.morphogen.protocol.v1.ChunkRef;
import org.morphogen.protocol.v1.DropRequest;
import org.morphogen.protocol.v1.DropResponse;
import org.morphogen.protocol.v1.HeldGeneration;
import org.morphogen.protocol.v1.HoldRequest;
import org.morphogen.protocol.v1.HoldResponse;
import org.morphogen.protocol.v1.NodeControlServiceGrpc;
import org.morphogen.protocol.v1.NodeStatus;
import org.morphogen.protocol.v1.NodeStatusRequest;
import org.morphogen.protocol.v1.PieceDigest;
import org.morphogen.snapshot.ChunkId;
import org.morphogen.snapshot.Sha256;
import org.morphogen.transport.Endpoint;
import org.morphogen.transport.TlsSettings;
import org.morphogen.transport.Transport;
import org.morphogen.zookeeper.ClusterPaths;
import org.morphogen.zookeeper.NodeRegistration;
import org.morphogen.zookeeper.RecordCodec;

/**
 * Stands for a shard node: a real gRPC server and a real ephemeral registration, but chunks that are "loaded" by
 * counting. Faults are switched by fields.
 */
public final class FakeNode implements AutoCloseable {
    public static final long MEMORY_BYTES = 1 << 20;

    private final String nodeId;
    private final ClusterPaths paths;
    private final TestZooKeeper zooKeeper;
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
    private @Nullable Server server;
    private @Nullable CuratorFramework client;

    public FakeNode(String nodeId, int party, TestZooKeeper zooKeeper) {
        this.nodeId = nodeId;
        this.paths = new ClusterPaths(party);
        this.zooKeeper = zooKeeper;
    }

    /** Starts, or starts again with what it held. */
    public FakeNode start() {
        try {
            server = Transport.server(
                            new Endpoint("127.0.0.1", 0),
                            TlsSettings.NONE,
                            List.of(),
                            List.of(new Control()),
                            Thread::startVirtualThread)
                    .start();
            client = zooKeeper.connect();
            NodeRegistration registration = new NodeRegistration(nodeId, "127.0.0.1:" + server.getPort(), MEMORY_BYTES);
            client.create()
                    .creatingParentsIfNeeded()
                    .withMode(CreateMode.EPHEMERAL)
                    .forPath(paths.node(nodeId), new RecordCodec<>(NodeRegistration.class).encode(registration));
            return this;
        } catch (IOException failed) {
            throw new IllegalStateException(failed);
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
    }

    /** Holds a generation that nobody asked for. */
    public void hold(long generation) {
        held.put(generation, HoldRequest.newBuilder().setGeneration(generation).build());
    }

    /** Whether chunks become ready; a node that does not load stays at none. */
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

    private final class Control extends NodeControlServiceGrpc.NodeControlServiceImplBase {
        @Override
        public void hold(HoldRequest request, StreamObserver<HoldResponse> reply) {
            if (refused(request.getTerm(), reply)) {
                return;
            }
            holds.add(request);
            held.put(request.getGeneration(), request);
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
            reply.onNext(DropResponse.getDefaultInstance());
            reply.onCompleted();
        }

        @Override
        public void status(NodeStatusRequest request, StreamObserver<NodeStatus> reply) {
            if (refused(request.getTerm(), reply)) {
                return;
            }
            NodeStatus.Builder status = NodeStatus.newBuilder()
                    .setNodeId(nodeId)
                    .setState("READY")
                    .setEngine("fake")
                    .setMemoryLimitBytes(MEMORY_BYTES);
            held.values().forEach(wish -> status.addGenerations(generation(wish)));
            reply.onNext(status.build());
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

        private HeldGeneration generation(HoldRequest wish) {
            return HeldGeneration.newBuilder()
                    .setGeneration(wish.getGeneration())
                    .setSnapshotDigest(
                            ByteString.copyFrom(wish.getSnapshotDigest().toByteArray()))
                    .setAssignmentVersion(wish.getAssignmentVersion())
                    .setChunksWanted(wish.getChunksCount())
                    .setChunksReady(loading && problem.isEmpty() ? wish.getChunksCount() : 0)
                    .setBytesWanted(promisedBytes)
                    .setProblem(problem)
                    .build();
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
