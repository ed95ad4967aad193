package org.morphogen.coordinator;

import com.google.protobuf.ByteString;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import org.apache.curator.framework.CuratorFramework;
import org.apache.zookeeper.CreateMode;
import org.jspecify.annotations.Nullable;
import org.morphogen.epoch.DeltaCodec;
import org.morphogen.epoch.DeltaHeader;
import org.morphogen.epoch.DictionaryPage;
import org.morphogen.epoch.Epoch;
import org.morphogen.epoch.GrownDictionary;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.Failures;
import org.morphogen.failure.MorphogenException;
import org.morphogen.protocol.v1.ApplyPart;
import org.morphogen.protocol.v1.ApplyResponse;
import org.morphogen.protocol.v1.DictionaryResponse;
import org.morphogen.protocol.v1.DropRequest;
import org.morphogen.protocol.v1.DropResponse;
import org.morphogen.protocol.v1.HeldGeneration;
import org.morphogen.protocol.v1.HoldRequest;
import org.morphogen.protocol.v1.HoldResponse;
import org.morphogen.protocol.v1.NodeControlServiceGrpc;
import org.morphogen.protocol.v1.NodeStatus;
import org.morphogen.protocol.v1.NodeStatusRequest;
import org.morphogen.protocol.v1.ReadDictionaryRequest;
import org.morphogen.protocol.v1.RecoverRequest;
import org.morphogen.protocol.v1.RecoverResponse;
import org.morphogen.protocol.v1.RewindRequest;
import org.morphogen.protocol.v1.RewindResponse;
import org.morphogen.row.Bytes32;
import org.morphogen.row.CodeDictionary;
import org.morphogen.snapshot.DictionaryEntry;
import org.morphogen.snapshot.Sha256;
import org.morphogen.snapshot.SnapshotDigest;
import org.morphogen.transport.Endpoint;
import org.morphogen.transport.TlsSettings;
import org.morphogen.transport.Transport;
import org.morphogen.zookeeper.ClusterPaths;
import org.morphogen.zookeeper.NodeRegistration;
import org.morphogen.zookeeper.RecordCodec;

/**
 * Stands for a shard node that keeps epochs, of one generation, for blocks that change nothing: a real gRPC server and a
 * real registration, but rows that it has or lacks by word alone. A test says when it has taken them over.
 */
final class ReplicaNode implements AutoCloseable {
    /** Epochs that it can answer. */
    static final int WINDOW = 5;

    private final String nodeId;
    private final ClusterPaths paths = new ClusterPaths(0);
    private final TestZooKeeper zooKeeper;
    private final List<RecoverRequest> recoveries = new CopyOnWriteArrayList<>();
    private final List<Epoch> line = new ArrayList<>();
    private @Nullable HoldRequest wish;
    private boolean logDamaged;
    private boolean rowsLacking;
    private @Nullable Server server;
    private @Nullable CuratorFramework client;

    ReplicaNode(String nodeId, TestZooKeeper zooKeeper) {
        this.nodeId = nodeId;
        this.zooKeeper = zooKeeper;
    }

    /** Starts, or starts again with what it has. */
    ReplicaNode start() {
        try {
            Server started = Transport.server(
                            new Endpoint("127.0.0.1", 0),
                            TlsSettings.NONE,
                            List.of(),
                            List.of(new Control()),
                            Thread::startVirtualThread)
                    .start();
            server = started;
            CuratorFramework connected = zooKeeper.connect();
            client = connected;
            NodeRegistration registration = new NodeRegistration(nodeId, endpoint(), FakeNode.MEMORY_BYTES);
            connected
                    .create()
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

    String endpoint() {
        if (server == null) {
            throw new IllegalStateException(nodeId + " does not run");
        }
        return "127.0.0.1:" + server.getPort();
    }

    void kill() {
        if (client != null) {
            client.close();
            client = null;
        }
        if (server != null) {
            server.shutdownNow();
            server = null;
        }
    }

    /** Its disk is empty. */
    synchronized void loseDisk() {
        wish = null;
        line.clear();
        rowsLacking = false;
        logDamaged = false;
    }

    /** Its epochs cannot be read any more. */
    synchronized void damageLog() {
        line.clear();
        logDamaged = true;
        rowsLacking = true;
    }

    /** Some of its rows cannot be read any more. */
    synchronized void damageRows() {
        rowsLacking = true;
    }

    /** It has all rows again. */
    synchronized void takeRows() {
        rowsLacking = false;
    }

    synchronized boolean lacksRows() {
        return rowsLacking;
    }

    /** The epochs that it can answer, oldest first. */
    synchronized List<Epoch> line() {
        return List.copyOf(line);
    }

    /** What it was told of donors. */
    List<RecoverRequest> recoveries() {
        return List.copyOf(recoveries);
    }

    @Override
    public void close() {
        kill();
    }

    private synchronized Epoch append(DeltaHeader header) {
        if (!line.getLast().digest().equals(header.parentDigest())) {
            throw mismatch();
        }
        line.add(header.epoch());
        if (line.size() > WINDOW) {
            line.removeFirst();
        }
        return line.getLast();
    }

    private synchronized Epoch rewind(Bytes32 to) {
        if (line.stream().noneMatch(epoch -> epoch.digest().equals(to))) {
            throw mismatch();
        }
        while (!line.getLast().digest().equals(to)) {
            line.removeLast();
        }
        return line.getLast();
    }

    private synchronized void recover(RecoverRequest request) {
        recoveries.add(request);
        if (request.hasBeginAt()) {
            ByteString found = line.isEmpty()
                    ? ByteString.EMPTY
                    : DeltaCodec.bytes(line.getLast().digest());
            if (!request.getBeginAt().getFoundDigest().equals(found)) {
                throw mismatch();
            }
            line.clear();
            line.add(DeltaCodec.read(request.getBeginAt().getEpoch()));
            logDamaged = false;
            rowsLacking = true;
        }
    }

    private static MorphogenException mismatch() {
        return new MorphogenException(FailureReason.EPOCH_MISMATCH, "It does not lead on.");
    }

    private synchronized void hold(HoldRequest request) {
        if (wish == null) {
            var base = request.getBaseEpoch();
            line.add(Epoch.base(
                    base.getEpoch(),
                    SnapshotDigest.of(request.getSnapshotDigest().toByteArray()),
                    DeltaCodec.read(base).block()));
        }
        wish = request;
    }

    private synchronized NodeStatus status() {
        NodeStatus.Builder status = NodeStatus.newBuilder()
                .setNodeId(nodeId)
                .setState("READY")
                .setEngine("fake")
                .setMemoryLimitBytes(FakeNode.MEMORY_BYTES);
        HoldRequest wanted = wish;
        if (wanted != null) {
            HeldGeneration.Builder held = HeldGeneration.newBuilder()
                    .setGeneration(wanted.getGeneration())
                    .setSnapshotDigest(wanted.getSnapshotDigest())
                    .setAssignmentVersion(wanted.getAssignmentVersion())
                    .setChunksWanted(wanted.getChunksCount())
                    .setChunksReady(rowsLacking ? 0 : wanted.getChunksCount())
                    .setWantsReplica(rowsLacking);
            if (!logDamaged) {
                held.setHead(DeltaCodec.write(line.getLast())).setOldest(DeltaCodec.write(line.getFirst()));
            }
            status.addGenerations(held);
        }
        return status.build();
    }

    private final class Control extends NodeControlServiceGrpc.NodeControlServiceImplBase {
        @Override
        public void hold(HoldRequest request, StreamObserver<HoldResponse> reply) {
            answer(reply, () -> {
                ReplicaNode.this.hold(request);
                return HoldResponse.getDefaultInstance();
            });
        }

        @Override
        public void drop(DropRequest request, StreamObserver<DropResponse> reply) {
            answer(reply, () -> {
                loseDisk();
                return DropResponse.getDefaultInstance();
            });
        }

        @Override
        public void status(NodeStatusRequest request, StreamObserver<NodeStatus> reply) {
            answer(reply, ReplicaNode.this::status);
        }

        @Override
        public StreamObserver<ApplyPart> apply(StreamObserver<ApplyResponse> reply) {
            return new StreamObserver<>() {
                private final List<DeltaHeader> headers = new ArrayList<>();

                @Override
                public void onNext(ApplyPart part) {
                    if (part.hasStart()) {
                        headers.add(DeltaCodec.read(part.getStart().getHeader()));
                    }
                }

                @Override
                public void onError(Throwable broken) {
                    // Nobody waits for an answer.
                }

                @Override
                public void onCompleted() {
                    answer(
                            reply,
                            () -> ApplyResponse.newBuilder()
                                    .setHead(DeltaCodec.write(append(headers.getFirst())))
                                    .build());
                }
            };
        }

        @Override
        public void rewind(RewindRequest request, StreamObserver<RewindResponse> reply) {
            answer(
                    reply,
                    () -> RewindResponse.newBuilder()
                            .setHead(DeltaCodec.write(
                                    ReplicaNode.this.rewind(DeltaCodec.bytes32("digest", request.getDigest()))))
                            .build());
        }

        /** No block here adds anything to the snapshot's. */
        @Override
        public void readDictionary(ReadDictionaryRequest request, StreamObserver<DictionaryResponse> reply) {
            DictionaryEntry snapshot = new DictionaryEntry(
                    DictionaryEntry.fileName(TestSnapshots.TABLE), 1, Sha256.of(CodeDictionary.EMPTY_CODE.bytes()));
            answer(
                    reply,
                    () -> DictionaryPage.write(
                            GrownDictionary.of(snapshot),
                            request.getDictionary().getFirst()));
        }

        @Override
        public void recover(RecoverRequest request, StreamObserver<RecoverResponse> reply) {
            answer(reply, () -> {
                ReplicaNode.this.recover(request);
                return RecoverResponse.getDefaultInstance();
            });
        }

        private static <T> void answer(StreamObserver<T> reply, Supplier<T> call) {
            try {
                reply.onNext(call.get());
                reply.onCompleted();
            } catch (MorphogenException refused) {
                reply.onError(Failures.toStatus(refused));
            } catch (RuntimeException defect) {
                reply.onError(Status.INTERNAL.withCause(defect).asRuntimeException());
            }
        }
    }
}
