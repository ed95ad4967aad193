package org.morphogen.node.query;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.morphogen.failure.Failures;
import org.morphogen.failure.MorphogenException;
import org.morphogen.node.carousel.Carousel;
import org.morphogen.node.generation.HeldDictionaries;
import org.morphogen.node.generation.HeldGenerations;
import org.morphogen.protocol.v1.DictionaryRequest;
import org.morphogen.protocol.v1.DictionaryResponse;
import org.morphogen.protocol.v1.QueryAnswer;
import org.morphogen.protocol.v1.QueryRequest;
import org.morphogen.protocol.v1.QueryServiceGrpc;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The query service. Anybody may call it, and nothing that a caller sends harms more than that caller's query. */
public final class QueryEndpoint extends QueryServiceGrpc.QueryServiceImplBase {
    private static final long LEAST_RETRY_MILLIS = 10;
    private static final long MOST_RETRY_MILLIS = 5_000;

    private static final Logger log = LoggerFactory.getLogger(QueryEndpoint.class);

    private final QueryDesk desk;
    private final HeldDictionaries dictionaries;
    private final QueryLimits limits;
    private final Set<QueryStream> streams = ConcurrentHashMap.newKeySet();
    private final UnreadAnswers unread;

    /** Answers for {@code party} from what {@code generations} hold, scanning on {@code carousel}. */
    public QueryEndpoint(int party, HeldGenerations generations, Carousel carousel, QueryLimits limits) {
        this.desk = new QueryDesk(
                new QueryCheck(party, generations),
                new Admission(limits.maxQueriesInFlight(), limits.maxKeysInFlight(), () -> retryAfterMillis(carousel)),
                carousel);
        this.dictionaries = new HeldDictionaries(generations);
        this.limits = limits;
        this.unread = new UnreadAnswers(limits.maxUnreadBytes(), streams);
    }

    @Override
    public StreamObserver<QueryRequest> query(StreamObserver<QueryAnswer> caller) {
        ServerCallStreamObserver<QueryAnswer> client = (ServerCallStreamObserver<QueryAnswer>) caller;
        QueryStream stream = QueryStream.open(client, desk, unread, limits.maxQueriesPerStream(), streams::remove);
        streams.add(stream);
        return stream;
    }

    @Override
    public void dictionary(DictionaryRequest request, StreamObserver<DictionaryResponse> caller) {
        try {
            if (unread.isFull()) {
                throw desk.noRoom();
            }
            DictionaryResponse part = dictionaries.read(request);
            countUntilTaken((ServerCallStreamObserver<DictionaryResponse>) caller, part.getSerializedSize());
            caller.onNext(part);
            caller.onCompleted();
        } catch (MorphogenException refused) {
            caller.onError(Failures.toStatus(refused));
        } catch (RuntimeException defect) {
            log.error("A dictionary could not be read", defect);
            caller.onError(Failures.toStatus(QueryDesk.internal()));
        }
    }

    /** To be called before gRPC is handed the bytes, in the call's own method. */
    private void countUntilTaken(ServerCallStreamObserver<?> client, long bytes) {
        AtomicLong left = new AtomicLong(bytes);
        Runnable over = () -> unread.addHanded(-left.getAndSet(0));
        client.setOnCancelHandler(over);
        client.setOnCloseHandler(over);
        unread.addHanded(bytes);
    }

    /** About one turn: by then many who are aboard have left. */
    private static long retryAfterMillis(Carousel carousel) {
        long turnMillis = TimeUnit.NANOSECONDS.toMillis(carousel.state().lastTurnNanos());
        return Math.clamp(turnMillis, LEAST_RETRY_MILLIS, MOST_RETRY_MILLIS);
    }

    /** Streams that are open. */
    public int openStreams() {
        return streams.size();
    }

    /** Ends every stream as soon as what was read from it is answered; clients go to another replica. */
    public void finish() {
        streams.forEach(QueryStream::finish);
    }
}
