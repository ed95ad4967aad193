package org.morphogen.node.query;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.morphogen.node.generation.HeldGenerations;
import org.morphogen.protocol.v1.QueryAnswer;
import org.morphogen.protocol.v1.QueryRequest;
import org.morphogen.protocol.v1.QueryServiceGrpc;

/** The query service. Anybody may call it, and nothing that a caller sends harms more than that caller's query. */
public final class QueryEndpoint extends QueryServiceGrpc.QueryServiceImplBase {
    private final QueryDesk desk;
    private final QueryLimits limits;
    private final Set<QueryStream> streams = ConcurrentHashMap.newKeySet();
    private final UnreadAnswers unread;

    /** Answers for {@code party} from what {@code generations} hold, scanning on {@code pool}. */
    public QueryEndpoint(int party, HeldGenerations generations, ScanPool pool, QueryLimits limits) {
        this.desk = new QueryDesk(
                new QueryCheck(party, generations),
                new Admission(limits.maxQueriesInFlight(), limits.maxKeysInFlight()),
                pool);
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

    /** Streams that are open. */
    public int openStreams() {
        return streams.size();
    }

    /** Ends every stream as soon as what was read from it is answered; clients go to another replica. */
    public void finish() {
        streams.forEach(QueryStream::finish);
    }
}
