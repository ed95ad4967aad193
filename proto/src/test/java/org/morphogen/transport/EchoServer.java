package org.morphogen.transport;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.morphogen.failure.Failures;
import org.morphogen.failure.MorphogenException;
import org.morphogen.protocol.v1.ClusterView;
import org.morphogen.protocol.v1.ClusterViewServiceGrpc;
import org.morphogen.protocol.v1.FetchRequest;
import org.morphogen.protocol.v1.FilePiece;
import org.morphogen.protocol.v1.GetViewRequest;
import org.morphogen.protocol.v1.SnapshotServiceGrpc;

/** A server with a service for anybody, which tells who calls, and one for the party alone, which echoes. */
final class EchoServer implements AutoCloseable {
    private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
    private final Server server;
    private volatile Supplier<ClusterView> reply = () -> ClusterView.newBuilder()
            .setParty(Caller.current() == Caller.PARTY_MEMBER ? 1 : 0)
            .build();

    EchoServer(TlsSettings tls) throws IOException {
        server = Transport.server(
                        new Endpoint("127.0.0.1", 0), tls, List.of(new Open()), List.of(new PartyOnly()), executor)
                .start();
    }

    /** What the open service answers, or throws. */
    void reply(Supplier<ClusterView> next) {
        reply = next;
    }

    /** Calls the open service as a client with that material; fails as clients of the project do. */
    ClusterView callOpen(TlsSettings client) {
        return call(
                client,
                channel -> ClusterViewServiceGrpc.newBlockingStub(channel)
                        .withDeadlineAfter(10, TimeUnit.SECONDS)
                        .get(GetViewRequest.getDefaultInstance()));
    }

    /** Who the server takes such a client for. */
    Caller callerOf(TlsSettings client) {
        return callOpen(client).getParty() == 1 ? Caller.PARTY_MEMBER : Caller.ANYBODY;
    }

    /** Has the party-only service echo the bytes. */
    byte[] callPartyOnly(TlsSettings client, byte[] data) {
        return call(
                client,
                channel -> SnapshotServiceGrpc.newBlockingStub(channel)
                        .withDeadlineAfter(10, TimeUnit.SECONDS)
                        .fetch(FetchRequest.newBuilder()
                                .setSnapshotDigest(ByteString.copyFrom(data))
                                .build())
                        .next()
                        .getData()
                        .toByteArray());
    }

    @Override
    public void close() {
        server.shutdownNow();
    }

    private interface Exchange<T> {
        T over(ManagedChannel channel);
    }

    private <T> T call(TlsSettings client, Exchange<T> exchange) {
        ManagedChannel channel = Transport.channel(new Endpoint("127.0.0.1", server.getPort()), client, executor);
        try {
            return exchange.over(channel);
        } catch (StatusRuntimeException failed) {
            throw Failures.fromStatus("the echo server", failed);
        } finally {
            channel.shutdownNow();
        }
    }

    private final class Open extends ClusterViewServiceGrpc.ClusterViewServiceImplBase {
        @Override
        public void get(GetViewRequest request, StreamObserver<ClusterView> answer) {
            try {
                answer.onNext(reply.get());
                answer.onCompleted();
            } catch (MorphogenException failure) {
                answer.onError(Failures.toStatus(failure));
            }
        }
    }

    private static final class PartyOnly extends SnapshotServiceGrpc.SnapshotServiceImplBase {
        @Override
        public void fetch(FetchRequest request, StreamObserver<FilePiece> answer) {
            answer.onNext(
                    FilePiece.newBuilder().setData(request.getSnapshotDigest()).build());
            answer.onCompleted();
        }
    }
}
