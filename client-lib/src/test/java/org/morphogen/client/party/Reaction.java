package org.morphogen.client.party;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.Failures;
import org.morphogen.failure.MorphogenException;
import org.morphogen.protocol.v1.AnswerRows;
import org.morphogen.protocol.v1.Failure;
import org.morphogen.protocol.v1.QueryAnswer;
import org.morphogen.protocol.v1.QueryRequest;
import org.morphogen.protocol.v1.WayRows;

/** What a fake node does with a query. */
@FunctionalInterface
public interface Reaction {
    /** The right answer. */
    Reaction ANSWER = (query, matrix, answers) -> answers.onNext(rows(query, matrix.answer(query)));

    /** Silence. */
    Reaction HANG = (query, matrix, answers) -> {};

    /** The stream breaks. */
    Reaction DIE = (query, matrix, answers) -> answers.onError(Status.UNAVAILABLE.asRuntimeException());

    /** The stream ends without an answer. */
    Reaction END = (query, matrix, answers) -> answers.onCompleted();

    /** One byte of rows is missing. */
    Reaction SHORT_ROWS = (query, matrix, answers) -> {
        AnswerRows right = matrix.answer(query);
        WayRows first = right.getWays(0);
        ByteString cut = first.getRows().substring(1);
        answers.onNext(rows(
                query,
                right.toBuilder().setWays(0, first.toBuilder().setRows(cut)).build()));
    };

    /** A row more than asked for. */
    Reaction EXTRA_ROW = (query, matrix, answers) -> {
        AnswerRows right = matrix.answer(query);
        WayRows first = right.getWays(0);
        ByteString longer = first.getRows().concat(first.getRows());
        answers.onNext(rows(
                query,
                right.toBuilder().setWays(0, first.toBuilder().setRows(longer)).build()));
    };

    /** Rows of a way that was not asked for. */
    Reaction EXTRA_WAY = (query, matrix, answers) -> {
        AnswerRows right = matrix.answer(query);
        answers.onNext(rows(
                query,
                right.toBuilder()
                        .addWays(right.getWays(0).toBuilder().setWay(7))
                        .build()));
    };

    /** No way at all. */
    Reaction NO_WAYS = (query, matrix, answers) -> answers.onNext(rows(query, AnswerRows.getDefaultInstance()));

    /** An answer to a query that was never asked. */
    Reaction UNKNOWN_ID = (query, matrix, answers) -> answers.onNext(
            rows(query, matrix.answer(query)).toBuilder().setQueryId(999_999).build());

    /** The right answer, three times. */
    Reaction REPEAT = (query, matrix, answers) -> {
        QueryAnswer right = rows(query, matrix.answer(query));
        answers.onNext(right);
        answers.onNext(right);
        answers.onNext(right);
    };

    /** Neither rows nor a failure. */
    Reaction NOTHING_IN_IT = (query, matrix, answers) -> answers.onNext(
            QueryAnswer.newBuilder().setQueryId(query.getQueryId()).build());

    /** A failure whose reason no version knows, with text that wants to break a terminal. */
    Reaction GARBAGE_REASON = (query, matrix, answers) -> answers.onNext(QueryAnswer.newBuilder()
            .setQueryId(query.getQueryId())
            .setFailure(Failure.newBuilder().setReason("\u0000???").setMessage("\u001b[2J" + "x".repeat(100_000)))
            .build());

    /** Reacts to a query; {@code answers} is safe to call from any thread. */
    void to(QueryRequest query, Matrix matrix, StreamObserver<QueryAnswer> answers);

    /** A failure with that reason. */
    static Reaction failing(FailureReason reason) {
        return (query, matrix, answers) -> answers.onNext(QueryAnswer.newBuilder()
                .setQueryId(query.getQueryId())
                .setFailure(Failures.toMessage(new MorphogenException(reason, "This node was told to fail.")))
                .build());
    }

    private static QueryAnswer rows(QueryRequest query, AnswerRows rows) {
        return QueryAnswer.newBuilder()
                .setQueryId(query.getQueryId())
                .setRows(rows)
                .build();
    }
}
