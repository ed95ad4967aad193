package org.morphogen.node.query;

import com.google.protobuf.UnsafeByteOperations;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.Failures;
import org.morphogen.failure.MorphogenException;
import org.morphogen.node.carousel.Carousel;
import org.morphogen.node.carousel.Departure;
import org.morphogen.node.carousel.Passenger;
import org.morphogen.node.carousel.Ride;
import org.morphogen.node.engine.Accumulators;
import org.morphogen.protocol.v1.AnswerRows;
import org.morphogen.protocol.v1.QueryAnswer;
import org.morphogen.protocol.v1.QueryRequest;
import org.morphogen.protocol.v1.WayKeys;
import org.morphogen.protocol.v1.WayRows;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes queries in, whatever stream they come from, and sees to it that each gets exactly one answer. Thread-safe. */
final class QueryDesk {
    private static final Logger log = LoggerFactory.getLogger(QueryDesk.class);

    private final QueryCheck check;
    private final Admission admission;
    private final Carousel carousel;

    QueryDesk(QueryCheck check, Admission admission, Carousel carousel) {
        this.check = check;
        this.admission = admission;
        this.carousel = carousel;
    }

    /**
     * Answers a query. {@code answer} is called exactly once, at once for a refusal, else from a scanning thread; after
     * {@code cancelled} turned true its argument means nothing.
     */
    void submit(QueryRequest request, BooleanSupplier cancelled, Consumer<QueryAnswer> answer) {
        int keys =
                request.getWaysList().stream().mapToInt(WayKeys::getKeysCount).sum();
        try {
            admission.enter(keys);
        } catch (MorphogenException refused) {
            answer.accept(failure(request.getQueryId(), refused));
            return;
        }
        try {
            board(request, check.ride(request), cancelled, answer);
        } catch (MorphogenException refused) {
            admission.leave(keys);
            answer.accept(failure(request.getQueryId(), refused));
        } catch (RuntimeException | Error defect) {
            admission.leave(keys);
            log.error("A query could not be taken in", defect);
            answer.accept(failure(request.getQueryId(), internal()));
        }
    }

    private void board(QueryRequest request, Ride ride, BooleanSupplier cancelled, Consumer<QueryAnswer> answer) {
        try {
            carousel.board(ride, deadlineMillis(request), new Answering(request.getQueryId(), ride, cancelled, answer));
        } catch (RuntimeException | Error notAboard) {
            ride.close();
            throw notAboard;
        }
    }

    private static long deadlineMillis(QueryRequest request) {
        long millis = Integer.toUnsignedLong(request.getDeadlineMillis());
        return millis == 0 ? Carousel.NO_DEADLINE : millis;
    }

    /** The answer while clients hold all the room that there is for answers. */
    QueryAnswer busy(long queryId) {
        return failure(queryId, noRoom());
    }

    /** Why nothing is answered then. */
    MorphogenException noRoom() {
        return admission.busy("Too many answers of this node are not taken.");
    }

    /** The answer that says why there are no rows. */
    static QueryAnswer failure(long queryId, MorphogenException why) {
        return QueryAnswer.newBuilder()
                .setQueryId(queryId)
                .setFailure(Failures.toMessage(why))
                .build();
    }

    static MorphogenException internal() {
        return new MorphogenException(FailureReason.INTERNAL, "The node failed at this query; its log tells why.");
    }

    private final class Answering implements Passenger {
        private final long queryId;
        private final Ride ride;
        private final BooleanSupplier cancelled;
        private final Consumer<QueryAnswer> answer;

        Answering(long queryId, Ride ride, BooleanSupplier cancelled, Consumer<QueryAnswer> answer) {
            this.queryId = queryId;
            this.ride = ride;
            this.cancelled = cancelled;
            this.answer = answer;
        }

        @Override
        public boolean isGone() {
            return cancelled.getAsBoolean();
        }

        @Override
        public void arrived(List<Accumulators> rows) {
            letGo();
            answer.accept(message(rows));
        }

        private QueryAnswer message(List<Accumulators> rows) {
            try {
                AnswerRows.Builder ways = AnswerRows.newBuilder();
                for (int i = 0; i < rows.size(); i++) {
                    ways.addWays(WayRows.newBuilder()
                            .setWay(ride.ways().get(i).way())
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
        public void left(Departure why) {
            letGo();
            answer.accept(failure(queryId, reason(why)));
        }

        private void letGo() {
            try {
                ride.close();
            } finally {
                admission.leave(ride.keys());
            }
        }
    }

    private MorphogenException reason(Departure why) {
        return switch (why) {
            case CANCELLED -> new MorphogenException(FailureReason.QUERY_CANCELLED, "The query was cancelled.");
            case EXPIRED ->
                new MorphogenException(
                        FailureReason.DEADLINE_PASSED, "The query's deadline passed before its scan was done.");
            case DEFECT -> check.fault().orElseGet(QueryDesk::internal);
            case STOPPED -> new MorphogenException(FailureReason.UNAVAILABLE, "This node is stopping.");
        };
    }
}
