package org.morphogen.bench.endtoend;

import io.grpc.ManagedChannel;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.morphogen.protocol.v1.QueryAnswer;
import org.morphogen.protocol.v1.QueryRequest;
import org.morphogen.protocol.v1.QueryServiceGrpc;
import org.morphogen.transport.Endpoint;
import org.morphogen.transport.TlsSettings;
import org.morphogen.transport.Transport;

/** Some query streams to one node, each with a connection of its own. Thread-safe. */
final class NodeLoad implements AutoCloseable {
    private final List<ManagedChannel> channels = new ArrayList<>();
    private final List<StreamObserver<QueryRequest>> streams = new ArrayList<>();
    private final Map<Long, Consumer<Boolean>> inFlight = new ConcurrentHashMap<>();
    private final AtomicLong lastId = new AtomicLong();
    private volatile String lastFailure = "";
    private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();

    NodeLoad(Endpoint node, int streamCount) {
        for (int i = 0; i < streamCount; i++) {
            ManagedChannel channel = Transport.channel(node, TlsSettings.NONE, executor);
            channels.add(channel);
            streams.add(QueryServiceGrpc.newStub(channel).query(new Answers()));
        }
    }

    /** Asks; {@code whenDone} is told whether rows came. */
    void ask(QueryRequest request, Consumer<Boolean> whenDone) {
        long id = lastId.incrementAndGet();
        inFlight.put(id, whenDone);
        StreamObserver<QueryRequest> stream = streams.get((int) (id % streams.size()));
        synchronized (stream) {
            stream.onNext(request.toBuilder().setQueryId(id).build());
        }
    }

    /** What the last failure said; empty if there was none. */
    String lastFailure() {
        return lastFailure;
    }

    /** Queries without an answer yet. */
    int waiting() {
        return inFlight.size();
    }

    @Override
    public void close() {
        channels.forEach(ManagedChannel::shutdownNow);
        executor.shutdownNow();
    }

    private final class Answers implements StreamObserver<QueryAnswer> {
        @Override
        public void onNext(QueryAnswer answer) {
            if (!answer.hasRows()) {
                lastFailure = answer.getFailure().getReason() + ": "
                        + answer.getFailure().getMessage();
            }
            Consumer<Boolean> asked = inFlight.remove(answer.getQueryId());
            if (asked != null) {
                asked.accept(answer.hasRows());
            }
        }

        @Override
        public void onError(Throwable broken) {
            lastFailure = broken.toString();
            // Each is told once, by whoever takes it out.
            for (Long id : List.copyOf(inFlight.keySet())) {
                Consumer<Boolean> asked = inFlight.remove(id);
                if (asked != null) {
                    asked.accept(false);
                }
            }
        }

        @Override
        public void onCompleted() {
            onError(new IllegalStateException("the node ended the stream"));
        }
    }
}
