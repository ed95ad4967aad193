package org.morphogen.client.party;

import io.grpc.Server;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.morphogen.client.party.FakeChain.FakeEpoch;
import org.morphogen.epoch.DictionaryPage;
import org.morphogen.epoch.GrownDictionary;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.Failures;
import org.morphogen.failure.MorphogenException;
import org.morphogen.protocol.v1.DictionaryRequest;
import org.morphogen.protocol.v1.DictionaryResponse;
import org.morphogen.protocol.v1.QueryAnswer;
import org.morphogen.protocol.v1.QueryRequest;
import org.morphogen.protocol.v1.QueryServiceGrpc;
import org.morphogen.transport.Endpoint;
import org.morphogen.transport.TlsSettings;
import org.morphogen.transport.Transport;

/** A node with a real server, which keeps all that it received and reacts as told. */
public final class FakeNode extends QueryServiceGrpc.QueryServiceImplBase implements AutoCloseable {
    /** A query as it came: on which stream of this node, and what. */
    public record Received(int stream, QueryRequest query) {}

    private final int party;
    private final List<Received> received = new CopyOnWriteArrayList<>();
    private final List<DictionaryRequest> dictionaryRequests = new CopyOnWriteArrayList<>();
    private final AtomicInteger streams = new AtomicInteger();
    private final AtomicInteger openStreams = new AtomicInteger();
    private final AtomicInteger takenBack = new AtomicInteger();
    private volatile Reaction reaction = Reaction.ANSWER;
    private volatile UnaryOperator<DictionaryResponse> dictionaryLie = UnaryOperator.identity();
    private volatile FakeChain chain;
    private final Endpoint endpoint;
    private volatile Server server;

    /** Starts it; it answers the epochs of the chain. */
    public FakeNode(int party, FakeChain chain) {
        this.party = party;
        this.chain = chain;
        this.server = start(0);
        this.endpoint = new Endpoint("127.0.0.1", server.getPort());
    }

    /** Where it listens. */
    public Endpoint endpoint() {
        return endpoint;
    }

    /** All queries so far. */
    public List<Received> received() {
        return List.copyOf(received);
    }

    /** Streams that clients have open now. */
    public int openStreams() {
        return openStreams.get();
    }

    /** From now on reacts so. */
    public void react(Reaction next) {
        reaction = next;
    }

    /** From now on answers the epochs of that chain and no others. */
    public void hold(FakeChain next) {
        chain = next;
    }

    /** Breaks all connections and listens no more. */
    public void kill() throws InterruptedException {
        server.shutdownNow();
        server.awaitTermination();
    }

    /** Listens again where it did. */
    public void restart() {
        server = start(endpoint.port());
    }

    @Override
    public StreamObserver<QueryRequest> query(StreamObserver<QueryAnswer> answers) {
        int stream = streams.getAndIncrement();
        openStreams.incrementAndGet();
        return new StreamObserver<>() {
            @Override
            public void onNext(QueryRequest query) {
                if (query.getCancel()) {
                    takenBack.incrementAndGet();
                    return;
                }
                received.add(new Received(stream, query));
                answer(query, answers);
            }

            @Override
            public void onError(Throwable lost) {
                openStreams.decrementAndGet();
            }

            @Override
            public void onCompleted() {
                openStreams.decrementAndGet();
                answers.onCompleted();
            }
        };
    }

    @Override
    public void dictionary(DictionaryRequest request, StreamObserver<DictionaryResponse> caller) {
        dictionaryRequests.add(request);
        Optional<FakeEpoch> asked = chain.numbered(request.getEpoch());
        if (asked.isEmpty()
                || !Arrays.equals(
                        asked.get().epoch().mark(), request.getEpochMark().toByteArray())) {
            caller.onError(Failures.toStatus(new MorphogenException(FailureReason.EPOCH_REPLACED, "not that epoch.")));
            return;
        }
        GrownDictionary dictionary =
                asked.get().dictionaries().of(request.getTable()).orElseThrow();
        caller.onNext(dictionaryLie.apply(DictionaryPage.write(dictionary, request.getFirst())));
        caller.onCompleted();
    }

    /** All that was asked of dictionaries. */
    public List<DictionaryRequest> dictionaryRequests() {
        return List.copyOf(dictionaryRequests);
    }

    /** From now on tells that of dictionaries, instead of what is so. */
    public void tellOfDictionaries(UnaryOperator<DictionaryResponse> lie) {
        dictionaryLie = lie;
    }

    /** As told, if it has the epoch; a mark of another epoch of that number is refused. */
    private void answer(QueryRequest query, StreamObserver<QueryAnswer> answers) {
        Optional<FakeEpoch> asked = chain.numbered(query.getEpoch());
        if (asked.isEmpty()) {
            Reaction.failing(FailureReason.EPOCH_OUTSIDE_WINDOW)
                    .to(query, new Matrix(party, chain.head().state()), answers);
            return;
        }
        FakeEpoch epoch = asked.get();
        boolean right = Arrays.equals(epoch.epoch().mark(), query.getEpochMark().toByteArray());
        Reaction how = right ? reaction : Reaction.failing(FailureReason.EPOCH_REPLACED);
        how.to(query, new Matrix(party, epoch.state()), answers);
    }

    /** Queries that the client took back. */
    public int takenBack() {
        return takenBack.get();
    }

    @Override
    public void close() {
        server.shutdownNow();
    }

    private Server start(int port) {
        try {
            return Transport.server(
                            new Endpoint("127.0.0.1", port),
                            TlsSettings.NONE,
                            List.of(this),
                            List.of(),
                            Executors.newVirtualThreadPerTaskExecutor())
                    .start();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
