package org.morphogen.node.query;

import com.google.protobuf.UnsafeByteOperations;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.Failures;
import org.morphogen.failure.MorphogenException;
import org.morphogen.node.engine.Accumulators;
import org.morphogen.protocol.v1.AnswerRows;
import org.morphogen.protocol.v1.QueryAnswer;
import org.morphogen.protocol.v1.QueryRequest;
import org.morphogen.protocol.v1.WayRows;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes queries in, whatever stream they come from, and sees to it that each gets exactly one answer. Thread-safe. */
final class QueryDesk {
    private static final Logger log = LoggerFactory.getLogger(QueryDesk.class);

    private final QueryCheck check;
    private final Admission admission;
    private final ScanPool pool;

    QueryDesk(QueryCheck check, Admission admission, ScanPool pool) {
        this.check = check;
        this.admission = admission;
        this.pool = pool;
    }

    /**
     * Answers a query. {@code answer} is called exactly once, at once for a refusal, else from a scanning thread; after
     * {@code cancelled} turned true its argument means nothing.
     */
    void submit(QueryRequest request, BooleanSupplier cancelled, Consumer<QueryAnswer> answer) {
        try {
            QueryPlan plan = check.plan(request);
            scan(plan, cancelled, new Answering(request.getQueryId(), plan, answer))
                    .start(pool);
        } catch (MorphogenException refused) {
            answer.accept(failure(request.getQueryId(), refused));
        } catch (RuntimeException | OutOfMemoryError defect) {
            log.error("A query could not be taken in", defect);
            answer.accept(failure(request.getQueryId(), internal()));
        }
    }

    /** The scan of an admitted plan; when there is none, the plan is closed and nothing stays admitted. */
    private ShardScan scan(QueryPlan plan, BooleanSupplier cancelled, Answering answering) {
        boolean admitted = false;
        try {
            admission.enter(plan.keys());
            admitted = true;
            return new ShardScan(plan, cancelled, answering);
        } catch (RuntimeException | Error refused) {
            plan.close();
            if (admitted) {
                admission.leave(plan.keys());
            }
            throw refused;
        }
    }

    /** The answer that says why there are no rows. */
    static QueryAnswer failure(long queryId, MorphogenException why) {
        return QueryAnswer.newBuilder()
                .setQueryId(queryId)
                .setFailure(Failures.toMessage(why))
                .build();
    }

    private static MorphogenException internal() {
        return new MorphogenException(FailureReason.INTERNAL, "The node failed at this query; its log tells why.");
    }

    private final class Answering implements ShardScan.WhenDone {
        private final long queryId;
        private final QueryPlan plan;
        private final Consumer<QueryAnswer> answer;

        Answering(long queryId, QueryPlan plan, Consumer<QueryAnswer> answer) {
            this.queryId = queryId;
            this.plan = plan;
            this.answer = answer;
        }

        @Override
        public void done(List<Accumulators> rows) {
            letGo();
            answer.accept(message(rows));
        }

        private QueryAnswer message(List<Accumulators> rows) {
            try {
                AnswerRows.Builder ways = AnswerRows.newBuilder();
                for (int i = 0; i < rows.size(); i++) {
                    ways.addWays(WayRows.newBuilder()
                            .setWay(plan.ways().get(i).way())
                            .setRows(UnsafeByteOperations.unsafeWrap(rows.get(i).toBytes())));
                }
                return QueryAnswer.newBuilder()
                        .setQueryId(queryId)
                        .setRows(ways)
                        .build();
            } catch (RuntimeException | OutOfMemoryError defect) {
                log.error("An answer could not be written", defect);
                return failure(queryId, internal());
            }
        }

        @Override
        public void failed(RuntimeException why) {
            letGo();
            answer.accept(failure(
                    queryId,
                    why instanceof RejectedExecutionException
                            ? new MorphogenException(FailureReason.UNAVAILABLE, "This node is stopping.")
                            : internal()));
        }

        private void letGo() {
            plan.close();
            admission.leave(plan.keys());
        }
    }
}
