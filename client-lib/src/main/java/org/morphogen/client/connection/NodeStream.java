package org.morphogen.client.connection;

import io.grpc.Deadline;
import io.grpc.ManagedChannel;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.grpc.stub.StreamObserver;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.Failures;
import org.morphogen.failure.MorphogenException;
import org.morphogen.protocol.v1.AnswerRows;
import org.morphogen.protocol.v1.DictionaryRequest;
import org.morphogen.protocol.v1.DictionaryResponse;
import org.morphogen.protocol.v1.QueryAnswer;
import org.morphogen.protocol.v1.QueryRequest;
import org.morphogen.protocol.v1.QueryServiceGrpc;

/**
 * One query stream to one node, with a connection of its own. Ends once and for all when the connection is lost, the
 * node ends it, or the node breaks the protocol; every query in flight fails then.
 *
 * <p>Thread-safe. Queries leave in the order of {@link #ask}, as fast as the node takes them and while fewer than
 * {@link #MAX_SENT} wait for their answer, so that the node reads what takes one back at once; those that wait are kept
 * here, and one that is forgotten by then is never sent. At most {@link #MAX_IN_FLIGHT} queries are kept, sent or not.
 * Answers complete their futures on gRPC's executor.
 */
final class NodeStream {
    /** Queries waiting to be sent or answered. */
    static final int MAX_IN_FLIGHT = 1024;

    /** Queries sent and not answered, those that were taken back included; see docs/protocol.md. */
    static final int MAX_SENT = 64;

    private static final long CLOSING_SECONDS = 5;

    private final String name;
    private final ManagedChannel channel;
    private final Answers answers = new Answers();
    private final ReentrantLock lock = new ReentrantLock();
    // All below are guarded by the lock.
    private final Map<Long, CompletableFuture<AnswerRows>> inFlight = new HashMap<>();
    /** By id, oldest first. */
    private final LinkedHashMap<Long, QueryRequest> unsent = new LinkedHashMap<>();
    /** Ids of queries that were sent and then forgotten, of which the node is to be told. */
    private final Queue<Long> takenBack = new ArrayDeque<>();

    private long lastAskedId;
    private long lastSentId;
    private long queriesSent;
    private long answersReceived;
    private boolean retired;
    private Optional<MorphogenException> end = Optional.empty();

    private NodeStream(String name, ManagedChannel channel) {
        this.name = name;
        this.channel = channel;
    }

    /**
     * Opens a stream over a channel that becomes the stream's own.
     *
     * @param name for messages, e.g. {@code "Party 0, node 127.0.0.1:7101"}
     */
    static NodeStream open(String name, ManagedChannel channel) {
        NodeStream stream = new NodeStream(name, channel);
        QueryServiceGrpc.newStub(channel).query(stream.answers);
        return stream;
    }

    /**
     * Asks a query. The future fails with the node's failure, or with the reason why the stream ended. Cancelling it,
     * or completing it in any other way, takes the query back: the node is told, once, if it has been sent.
     *
     * @param query without an id; the stream chooses one. Ids take the same room in every message
     */
    CompletableFuture<AnswerRows> ask(QueryRequest query) {
        CompletableFuture<AnswerRows> answer = new CompletableFuture<>();
        lock.lock();
        try {
            Optional<MorphogenException> refusal = end.or(this::full);
            if (refusal.isPresent()) {
                return CompletableFuture.failedFuture(refusal.get());
            }
            long id = ++lastAskedId;
            inFlight.put(id, answer);
            var _ = answer.whenComplete((rows, failure) -> forget(id));
            unsent.put(id, query.toBuilder().setQueryId(id).build());
            sendWhileReady();
        } finally {
            lock.unlock();
        }
        return answer;
    }

    /** Asks for a part of a dictionary over the same connection; the future ends by the deadline. */
    CompletableFuture<DictionaryResponse> readDictionary(DictionaryRequest request, Deadline deadline) {
        CompletableFuture<DictionaryResponse> answer = new CompletableFuture<>();
        QueryServiceGrpc.newStub(channel).withDeadline(deadline).dictionary(request, new StreamObserver<>() {
            @Override
            public void onNext(DictionaryResponse response) {
                answer.complete(response);
            }

            @Override
            public void onError(Throwable failed) {
                answer.completeExceptionally(Failures.fromStatus(name, failed));
            }

            @Override
            public void onCompleted() {
                answer.completeExceptionally(new MorphogenException(
                        FailureReason.PARTY_MISBEHAVES, name + " ended a call without an answer."));
            }
        });
        return answer;
    }

    /** Whether queries can still be asked. */
    boolean isOpen() {
        lock.lock();
        try {
            return end.isEmpty() && !retired;
        } finally {
            lock.unlock();
        }
    }

    /** Ends the stream as soon as no query is in flight. */
    void retire() {
        lock.lock();
        try {
            retired = true;
        } finally {
            lock.unlock();
        }
        endIfIdle();
    }

    /** Ends the stream; what is in flight fails with {@code why}. Only the first end counts. */
    void end(MorphogenException why) {
        List<CompletableFuture<AnswerRows>> failed;
        lock.lock();
        try {
            if (end.isPresent()) {
                return;
            }
            end = Optional.of(why);
            failed = new ArrayList<>(inFlight.values());
            inFlight.clear();
            unsent.clear();
            takenBack.clear();
        } finally {
            lock.unlock();
        }
        channel.shutdownNow();
        failed.forEach(answer -> answer.completeExceptionally(why));
    }

    /** Waits a little until the connection is gone. */
    void awaitEnd() throws InterruptedException {
        channel.awaitTermination(CLOSING_SECONDS, TimeUnit.SECONDS);
    }

    private Optional<MorphogenException> full() {
        return inFlight.size() < MAX_IN_FLIGHT
                ? Optional.empty()
                : Optional.of(new MorphogenException(
                        FailureReason.BUSY,
                        name + ": " + MAX_IN_FLIGHT + " queries are waiting for it already.",
                        Map.of("limit", Integer.toString(MAX_IN_FLIGHT))));
    }

    private void sendWhileReady() {
        lock.lock();
        try {
            ClientCallStreamObserver<QueryRequest> out = answers.requests;
            while (out != null && end.isEmpty() && out.isReady() && sendNext(out)) {
                // Until there is nothing more.
            }
        } finally {
            lock.unlock();
        }
    }

    private boolean sendNext(ClientCallStreamObserver<QueryRequest> out) {
        Long back = takenBack.poll();
        if (back != null) {
            out.onNext(
                    QueryRequest.newBuilder().setQueryId(back).setCancel(true).build());
            return true;
        }
        if (unsent.isEmpty() || queriesSent - answersReceived >= MAX_SENT) {
            return false;
        }
        QueryRequest next = unsent.pollFirstEntry().getValue();
        lastSentId = next.getQueryId();
        queriesSent++;
        out.onNext(next);
        return true;
    }

    private void forget(long id) {
        lock.lock();
        try {
            boolean waiting = inFlight.remove(id) != null;
            boolean sent = unsent.remove(id) == null;
            if (waiting && sent && end.isEmpty()) {
                takenBack.add(id);
                sendWhileReady();
            }
        } finally {
            lock.unlock();
        }
        endIfIdle();
    }

    private void endIfIdle() {
        lock.lock();
        try {
            if (!retired || !inFlight.isEmpty() || end.isPresent()) {
                return;
            }
        } finally {
            lock.unlock();
        }
        end(new MorphogenException(FailureReason.UNAVAILABLE, name + ": left the cluster view."));
    }

    /**
     * The query that an answer is for; empty for one that is no longer waited for. Ids never sent end the stream, and so
     * do many more answers than queries.
     */
    private Optional<CompletableFuture<AnswerRows>> take(long id) {
        lock.lock();
        try {
            boolean tooMany = ++answersReceived > queriesSent + MAX_IN_FLIGHT;
            if (id > 0 && id <= lastSentId && !tooMany) {
                return Optional.ofNullable(inFlight.remove(id));
            }
        } finally {
            lock.unlock();
        }
        end(misbehaves("answered what was never asked"));
        return Optional.empty();
    }

    private MorphogenException misbehaves(String what) {
        return new MorphogenException(FailureReason.PARTY_MISBEHAVES, name + ": " + what + ".");
    }

    /** gRPC's side of the stream; its methods are called one after another. */
    private final class Answers implements ClientResponseObserver<QueryRequest, QueryAnswer> {
        private volatile @Nullable ClientCallStreamObserver<QueryRequest> requests;

        @Override
        public void beforeStart(ClientCallStreamObserver<QueryRequest> requestStream) {
            requests = requestStream;
            requestStream.setOnReadyHandler(NodeStream.this::sendWhileReady);
        }

        @Override
        public void onNext(QueryAnswer answer) {
            Optional<CompletableFuture<AnswerRows>> waiting = take(answer.getQueryId());
            sendWhileReady();
            waiting.ifPresent(asked -> {
                switch (answer.getOutcomeCase()) {
                    case ROWS -> asked.complete(answer.getRows());
                    case FAILURE -> asked.completeExceptionally(Failures.fromMessage(name, answer.getFailure()));
                    case OUTCOME_NOT_SET ->
                        asked.completeExceptionally(misbehaves("answered neither rows nor failure"));
                }
            });
        }

        @Override
        public void onError(Throwable failed) {
            end(Failures.fromStatus(name, failed));
        }

        @Override
        public void onCompleted() {
            end(new MorphogenException(FailureReason.UNAVAILABLE, name + ": ended the query stream."));
        }
    }
}
