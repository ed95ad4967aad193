package org.morphogen.deploy.cluster;

import io.grpc.ManagedChannel;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.morphogen.protocol.v1.ClusterView;
import org.morphogen.protocol.v1.ClusterViewServiceGrpc;
import org.morphogen.protocol.v1.WatchViewRequest;
import org.morphogen.transport.Endpoint;
import org.morphogen.transport.TlsSettings;
import org.morphogen.transport.Transport;

/** Watches a party's view, and remembers when it first named each block as its head. Thread-safe. */
final class HeadTimes implements AutoCloseable {
    private final ManagedChannel channel;
    private final Map<String, CompletableFuture<Long>> nanos = new ConcurrentHashMap<>();

    HeadTimes(Endpoint coordinator) {
        this.channel = Transport.channel(coordinator, TlsSettings.NONE, Thread::startVirtualThread);
        ClusterViewServiceGrpc.newStub(channel).watch(WatchViewRequest.getDefaultInstance(), new Views());
    }

    /** When that block became the head, on the clock of {@link System#nanoTime}; waits for it. */
    long await(String hash, Duration most) {
        try {
            return when(hash).get(most.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException | ExecutionException | TimeoutException none) {
            throw new AssertionError("block " + hash + " does not become the head", none);
        }
    }

    private CompletableFuture<Long> when(String hash) {
        return nanos.computeIfAbsent(hash, _ -> new CompletableFuture<>());
    }

    @Override
    public void close() {
        channel.shutdownNow();
    }

    private final class Views implements StreamObserver<ClusterView> {
        @Override
        public void onNext(ClusterView view) {
            byte[] hash = view.getServing().getHead().getBlockHash().toByteArray();
            when("0x" + HexFormat.of().formatHex(hash)).complete(System.nanoTime());
        }

        @Override
        public void onError(Throwable thrown) {
            // Whoever waits will tell.
        }

        @Override
        public void onCompleted() {
            // Likewise.
        }
    }
}
