package org.morphogen.node.query;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.function.Consumer;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.Failures;
import org.morphogen.failure.MorphogenException;
import org.morphogen.protocol.v1.QueryAnswer;
import org.morphogen.protocol.v1.QueryRequest;

/**
 * One client's stream. At most {@code maxInFlight + 1} queries are between being read and their answer being written:
 * the next is read only when an answer has gone out, and answers go out only while the client takes them. So a client
 * that sends without reading costs a bounded amount of memory; over all streams {@link UnreadAnswers} bounds it, what
 * was handed to gRPC and not taken from there included. The one more is so that a client with {@code maxInFlight}
 * queries on the way can still take one back. gRPC calls in from one thread at a time, scans answer from any.
 */
final class QueryStream implements StreamObserver<QueryRequest> {
    private final ServerCallStreamObserver<QueryAnswer> client;
    private final QueryDesk desk;
    private final UnreadAnswers unread;
    private final Map<Long, Ticket> inFlight = new HashMap<>();
    private final Queue<Answer> waiting = new ArrayDeque<>();
    private int unanswered;
    private volatile long waitingBytes;
    /** What gRPC has and may not have sent. */
    private long handedBytes;

    private boolean noMoreQueries;
    private boolean ended;
    private volatile boolean cancelled;

    /** A query that is not answered yet. */
    private static final class Ticket {
        private volatile boolean takenBack;
    }

    private record Answer(QueryAnswer message, boolean freesId) {}

    private QueryStream(ServerCallStreamObserver<QueryAnswer> client, QueryDesk desk, UnreadAnswers unread) {
        this.client = client;
        this.desk = desk;
        this.unread = unread;
    }

    /**
     * Wires a new stream up; to be called within the service method.
     *
     * @param whenClosed told when the call is over
     */
    static QueryStream open(
            ServerCallStreamObserver<QueryAnswer> client,
            QueryDesk desk,
            UnreadAnswers unread,
            int maxInFlight,
            Consumer<QueryStream> whenClosed) {
        QueryStream stream = new QueryStream(client, desk, unread);
        client.disableAutoRequest();
        client.setOnReadyHandler(stream::write);
        client.setOnCancelHandler(() -> {
            stream.cancel();
            stream.hand(0);
            whenClosed.accept(stream);
        });
        client.setOnCloseHandler(() -> {
            stream.hand(0);
            whenClosed.accept(stream);
        });
        client.request(maxInFlight + 1);
        return stream;
    }

    @Override
    public void onNext(QueryRequest request) {
        if (request.getCancel()) {
            takeBack(request);
            return;
        }
        Ticket ticket = new Ticket();
        boolean noRoom = unread.isFull();
        boolean fresh;
        synchronized (this) {
            if (cancelled || ended) {
                return;
            }
            unanswered++;
            fresh = !noRoom && inFlight.putIfAbsent(request.getQueryId(), ticket) == null;
        }
        if (noRoom) {
            deliver(new Answer(desk.busy(request.getQueryId()), false));
        } else if (fresh) {
            desk.submit(request, () -> cancelled || ticket.takenBack, answer -> deliver(new Answer(answer, true)));
        } else {
            MorphogenException twice = new MorphogenException(
                    FailureReason.REQUEST_INVALID, "query_id: a query of the same id is in flight on this stream.");
            deliver(new Answer(QueryDesk.failure(request.getQueryId(), twice), false));
        }
    }

    /** It is answered when the scan lets it go. Such a message gets no answer, so the next is read at once. */
    private synchronized void takeBack(QueryRequest request) {
        if (request.getWaysCount() > 0) {
            breakOff(new MorphogenException(
                    FailureReason.REQUEST_INVALID, "cancel: nothing but query_id goes with it, here are ways."));
            return;
        }
        Ticket ticket = inFlight.get(request.getQueryId());
        if (ticket != null) {
            ticket.takenBack = true;
        }
        if (!cancelled && !ended) {
            client.request(1);
        }
    }

    @Override
    public void onError(Throwable brokenOff) {
        cancel();
    }

    @Override
    public void onCompleted() {
        synchronized (this) {
            noMoreQueries = true;
        }
        write();
    }

    /** Ends the stream once the queries that were read are answered, though the client might send more. */
    void finish() {
        onCompleted();
    }

    /** Bytes of answers that wait here, which ending the stream would free; 0 once it has ended. */
    long waitingBytes() {
        return waitingBytes;
    }

    /** Ends the stream, since its client does not take its answers and others need the room. */
    void breakOff() {
        breakOff(new MorphogenException(
                FailureReason.BUSY, "The answers on this stream are not read, and the node needs their room."));
    }

    private synchronized void breakOff(MorphogenException why) {
        if (!cancelled && !ended) {
            cancel();
            client.onError(Failures.toStatus(why));
        }
    }

    /** What gRPC has been handed it keeps until the call is closed. */
    private synchronized void cancel() {
        cancelled = true;
        waiting.clear();
        countWaiting(-waitingBytes);
    }

    /** From now on gRPC holds so many bytes of this stream: of the answer just handed to it, or none. */
    private synchronized void hand(long bytes) {
        unread.addHanded(bytes - handedBytes);
        handedBytes = bytes;
    }

    private synchronized void countWaiting(long moreBytes) {
        waitingBytes += moreBytes;
        unread.addWaiting(moreBytes);
    }

    private void deliver(Answer answer) {
        synchronized (this) {
            if (cancelled) {
                return;
            }
            waiting.add(answer);
            countWaiting(answer.message().getSerializedSize());
        }
        write();
        unread.shed();
    }

    private synchronized void write() {
        while (!cancelled && client.isReady()) {
            hand(0);
            Answer answer = waiting.poll();
            if (answer == null) {
                break;
            }
            if (answer.freesId()) {
                inFlight.remove(answer.message().getQueryId());
            }
            unanswered--;
            countWaiting(-answer.message().getSerializedSize());
            hand(answer.message().getSerializedSize());
            client.onNext(answer.message());
            client.request(1);
        }
        if (noMoreQueries && unanswered == 0 && !ended && !cancelled) {
            ended = true;
            client.onCompleted();
        }
    }
}
