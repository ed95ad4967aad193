package org.morphogen.client.lookup;

import io.grpc.Deadline;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.morphogen.client.connection.NodeStreams;
import org.morphogen.client.view.ShardReplica;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.morphogen.protocol.v1.AnswerRows;
import org.morphogen.protocol.v1.QueryRequest;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One batch asked of one shard: of one replica, and after a failure or silence, with the same bytes, of the next. Each
 * attempt gets an equal part of the time that is left. One thread waits; any may cancel.
 */
final class ShardCall {
    private static final Logger log = LoggerFactory.getLogger(ShardCall.class);

    private final ShardPlan plan;
    private final QueryRequest request;
    private final List<ShardReplica> replicas;
    private final NodeStreams streams;
    private final Deadline deadline;
    private volatile CompletableFuture<AnswerRows> answer;
    private int attempt;

    private ShardCall(
            ShardPlan plan, QueryRequest request, List<ShardReplica> replicas, NodeStreams streams, Deadline deadline) {
        this.plan = plan;
        this.request = request;
        this.replicas = List.copyOf(replicas);
        this.streams = streams;
        this.deadline = deadline;
        this.answer = streams.ask(replicas.getFirst().endpoint(), request);
    }

    /**
     * Asks the first replica; does not block.
     *
     * @param replicas in the order in which to ask them; at least one
     */
    static ShardCall send(
            ShardPlan plan, QueryRequest request, List<ShardReplica> replicas, NodeStreams streams, Deadline deadline) {
        return new ShardCall(plan, request, replicas, streams, deadline);
    }

    /** The plan that this call follows. */
    ShardPlan plan() {
        return plan;
    }

    /** Waits for the answer, asking further replicas on the way; fails as the last one did. */
    AnswerRows await() throws InterruptedException {
        while (true) {
            try {
                return awaitAttempt();
            } catch (MorphogenException failed) {
                ShardReplica replica = replicas.get(attempt);
                if (!othersMayAnswer(failed.reason())) {
                    throw failed;
                }
                streams.noteFailure(replica.endpoint());
                if (attempt + 1 == replicas.size() || deadline.isExpired()) {
                    throw explained(failed);
                }
                log.debug("{}: {} ({}); asking another replica.", this, replica.endpoint(), failed.reason());
                attempt++;
                answer = streams.ask(replicas.get(attempt).endpoint(), request);
            }
        }
    }

    /** Forgets the query; who waits for it fails. */
    void cancel() {
        answer.cancel(false);
    }

    @Override
    public String toString() {
        return "party " + plan.party() + ", shard " + plan.shard();
    }

    private AnswerRows awaitAttempt() throws InterruptedException {
        long remainingMillis = Math.max(0, deadline.timeRemaining(TimeUnit.MILLISECONDS));
        long shareMillis = remainingMillis / (replicas.size() - attempt);
        try {
            return answer.get(shareMillis, TimeUnit.MILLISECONDS);
        } catch (TimeoutException silence) {
            cancel();
            throw new MorphogenException(
                    FailureReason.DEADLINE_PASSED,
                    "Party " + plan.party() + ", node " + replicas.get(attempt).endpoint() + ": no answer within "
                            + shareMillis + " ms.");
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof MorphogenException known) {
                throw known;
            }
            throw new MorphogenException(
                    FailureReason.INTERNAL, this + ": the query broke off.", Map.of(), failed.getCause());
        } catch (InterruptedException interrupted) {
            cancel();
            throw interrupted;
        }
    }

    /**
     * What the caller is told when no replica will do. The lookup is not tried again with a newer epoch by itself: with
     * new keys the party could tell that two pairs have one target, and with the old ones a view that has changed since
     * could bring the two halves of a pair together.
     */
    private MorphogenException explained(MorphogenException failed) {
        if (failed.reason() != FailureReason.EPOCH_OUTSIDE_WINDOW && failed.reason() != FailureReason.EPOCH_REPLACED) {
            return failed;
        }
        return new MorphogenException(
                failed.reason(),
                failed.getMessage() + " Party " + plan.party() + " does not answer epoch "
                        + plan.skeleton().getEpoch()
                        + ", which it listed when the lookup began; ask again, and the newest that both list is used.",
                failed.facts(),
                failed);
    }

    /** Whether the failure may be one replica's own, so that another is worth asking. */
    private static boolean othersMayAnswer(FailureReason reason) {
        return switch (reason) {
            case UNAVAILABLE,
                    BUSY,
                    DEADLINE_PASSED,
                    INTERNAL,
                    STORAGE_FAILED,
                    NOT_SERVING,
                    CHUNK_NOT_HELD,
                    GENERATION_UNKNOWN,
                    EPOCH_OUTSIDE_WINDOW,
                    EPOCH_REPLACED -> true;
            case QUERY_CANCELLED,
                    KEY_MALFORMED,
                    KEY_OF_OTHER_PARTY,
                    KEY_DEPTH_WRONG,
                    REQUEST_INVALID,
                    REQUEST_TOO_LARGE,
                    TABLE_UNKNOWN,
                    WAY_UNKNOWN,
                    EPOCH_MISMATCH,
                    PARTIES_DISAGREE,
                    PARTY_LAGS,
                    PARTY_MISBEHAVES,
                    STALE_TERM,
                    NOT_LEADER,
                    NOT_ALLOWED,
                    SNAPSHOT_UNKNOWN,
                    SNAPSHOT_INVALID,
                    CAPACITY_LACKING,
                    CHANGE_IN_PROGRESS,
                    SETTINGS_INVALID -> false;
        };
    }
}
