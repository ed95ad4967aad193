package org.morphogen.coordinator.membership;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.morphogen.epoch.Delta;
import org.morphogen.epoch.DeltaCodec;
import org.morphogen.epoch.DeltaPiece;
import org.morphogen.epoch.Epoch;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.Failures;
import org.morphogen.failure.MorphogenException;
import org.morphogen.protocol.v1.ApplyPart;
import org.morphogen.protocol.v1.ApplyResponse;
import org.morphogen.protocol.v1.ApplyStart;
import org.morphogen.protocol.v1.ChunkDigestsRequest;
import org.morphogen.protocol.v1.ChunkDigestsResponse;
import org.morphogen.protocol.v1.DictionaryResponse;
import org.morphogen.protocol.v1.DropRequest;
import org.morphogen.protocol.v1.DropResponse;
import org.morphogen.protocol.v1.HoldRequest;
import org.morphogen.protocol.v1.HoldResponse;
import org.morphogen.protocol.v1.NodeControlServiceGrpc;
import org.morphogen.protocol.v1.NodeControlServiceGrpc.NodeControlServiceStub;
import org.morphogen.protocol.v1.NodeStatus;
import org.morphogen.protocol.v1.NodeStatusRequest;
import org.morphogen.protocol.v1.ReadDictionaryRequest;
import org.morphogen.protocol.v1.ReadRowsRequest;
import org.morphogen.protocol.v1.ReadRowsResponse;
import org.morphogen.protocol.v1.RecoverRequest;
import org.morphogen.protocol.v1.RecoverResponse;
import org.morphogen.protocol.v1.RewindRequest;
import org.morphogen.protocol.v1.RewindResponse;
import org.morphogen.transport.Endpoint;
import org.morphogen.transport.TlsSettings;
import org.morphogen.transport.Transport;
import org.morphogen.zookeeper.NodeRegistration;

/**
 * Calls to one node. Nothing here blocks: each call is a future that ends by its deadline at the latest. Futures fail
 * with a {@link MorphogenException} that names the node. Thread-safe.
 */
public final class NodeLink implements AutoCloseable {
    /** Of entries in one message, well below what a server takes. */
    private static final int PART_BYTES = 512 << 10;

    private final NodeRegistration registration;
    private final ManagedChannel channel;

    /**
     * A link to the endpoint that a registration names; connects when first used.
     *
     * @param executor runs what follows an answer
     */
    public NodeLink(NodeRegistration registration, TlsSettings tls, Executor executor) {
        this.registration = registration;
        this.channel = Transport.channel(Endpoint.parse(registration.endpoint()), tls, executor);
    }

    /** Asks how the node is. */
    public CompletableFuture<NodeStatus> status(long term, Duration deadline) {
        NodeStatusRequest request = NodeStatusRequest.newBuilder().setTerm(term).build();
        return explained(Reply.<NodeStatus>to(reply -> within(deadline).status(request, reply)))
                .thenApply(this::requireSameNode);
    }

    /** Tells the node what to hold. */
    public CompletableFuture<HoldResponse> hold(HoldRequest request, Duration deadline) {
        return explained(Reply.to(reply -> within(deadline).hold(request, reply)));
    }

    /** Tells the node what to drop. */
    public CompletableFuture<DropResponse> drop(DropRequest request, Duration deadline) {
        return explained(Reply.to(reply -> within(deadline).drop(request, reply)));
    }

    /** Sends a delta, as far as the node holds its chunks; gives the node's head then. */
    public CompletableFuture<Epoch> apply(ApplyStart start, Delta delta, Duration deadline) {
        return explained(Reply.<ApplyResponse>to(
                        reply -> send(start, delta, within(deadline).apply(reply))))
                .thenApply(response -> DeltaCodec.read(response.getHead()));
    }

    /** Makes the node go back to an earlier epoch; gives its head then. */
    public CompletableFuture<Epoch> rewind(RewindRequest request, Duration deadline) {
        return explained(Reply.<RewindResponse>to(reply -> within(deadline).rewind(request, reply)))
                .thenApply(response -> DeltaCodec.read(response.getHead()));
    }

    /** Reads rows as they were at an epoch. */
    public CompletableFuture<ReadRowsResponse> readRows(ReadRowsRequest request, Duration deadline) {
        return explained(Reply.to(reply -> within(deadline).readRows(request, reply)));
    }

    /** Reads a part of what blocks have added to a dictionary. */
    public CompletableFuture<DictionaryResponse> readDictionary(ReadDictionaryRequest request, Duration deadline) {
        return explained(Reply.to(reply -> within(deadline).readDictionary(request, reply)));
    }

    /** Has the node make digests of chunks. */
    public CompletableFuture<ChunkDigestsResponse> chunkDigests(ChunkDigestsRequest request, Duration deadline) {
        return explained(Reply.to(reply -> within(deadline).chunkDigests(request, reply)));
    }

    /** Tells the node where to take the rows that it lacks. */
    public CompletableFuture<RecoverResponse> recover(RecoverRequest request, Duration deadline) {
        return explained(Reply.to(reply -> within(deadline).recover(request, reply)));
    }

    /** host:port at which the party's other processes reach the node. */
    public String endpoint() {
        return registration.endpoint();
    }

    private static void send(ApplyStart start, Delta delta, StreamObserver<ApplyPart> call) {
        call.onNext(ApplyPart.newBuilder().setStart(start).build());
        for (DeltaPiece piece : new TreeMap<>(delta.pieces()).values()) {
            var whole = DeltaCodec.write(piece);
            ByteString entries = whole.getEntries();
            for (int at = 0; at < entries.size(); at += PART_BYTES) {
                ByteString part = entries.substring(at, Math.min(entries.size(), at + PART_BYTES));
                call.onNext(ApplyPart.newBuilder()
                        .setPiece(whole.toBuilder().setEntries(part))
                        .build());
            }
        }
        call.onCompleted();
    }

    /** The registration that this link was made for. */
    NodeRegistration registration() {
        return registration;
    }

    @Override
    public void close() {
        channel.shutdownNow();
    }

    private NodeControlServiceStub within(Duration deadline) {
        return NodeControlServiceGrpc.newStub(channel).withDeadlineAfter(deadline.toMillis(), TimeUnit.MILLISECONDS);
    }

    private <T> CompletableFuture<T> explained(CompletableFuture<T> answer) {
        String who = "Node " + registration.nodeId() + " at " + registration.endpoint();
        return answer.exceptionallyCompose(thrown -> CompletableFuture.failedFuture(Failures.fromStatus(who, thrown)));
    }

    /** A port may have passed to another node while ZooKeeper still lists the old one. */
    private NodeStatus requireSameNode(NodeStatus status) {
        if (!status.getNodeId().equals(registration.nodeId())) {
            throw new MorphogenException(
                    FailureReason.UNAVAILABLE,
                    registration.endpoint() + " answers as node '" + status.getNodeId() + "', not as "
                            + registration.nodeId() + ".");
        }
        return status;
    }
}
