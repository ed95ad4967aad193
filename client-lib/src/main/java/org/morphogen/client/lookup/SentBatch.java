package org.morphogen.client.lookup;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.morphogen.protocol.v1.AnswerRows;

/**
 * A batch that has been sent to every shard of both parties. A thread a shard waits for the answers and sees to other
 * replicas. Used by one thread, which must {@link #close} it.
 */
final class SentBatch implements AutoCloseable {
    private final RowSum sum;
    private final List<Future<AnswerRows>> waiting = new ArrayList<>();
    private final List<ShardCall> calls;
    private final ExecutorCompletionService<AnswerRows> answers;
    private final Runnable whenClosed;

    /**
     * Begins to wait.
     *
     * @param calls already sent
     * @param executor gives each call a thread, which it keeps while it waits
     * @param whenClosed run once, when the batch is over
     */
    SentBatch(TablePlan plan, KeyBatch batch, List<ShardCall> calls, ExecutorService executor, Runnable whenClosed) {
        this.sum = new RowSum(plan, batch);
        this.calls = List.copyOf(calls);
        this.answers = new ExecutorCompletionService<>(executor);
        this.whenClosed = whenClosed;
        for (ShardCall call : calls) {
            waiting.add(answers.submit(() -> {
                AnswerRows rows = call.await();
                RowSum.check(plan, call.plan(), batch.size(), rows);
                return rows;
            }));
        }
    }

    /** Waits for all answers and adds them up; fails as soon as one shard cannot be had. */
    RowSum await() throws InterruptedException {
        for (int i = 0; i < calls.size(); i++) {
            try {
                sum.add(answers.take().get());
            } catch (ExecutionException failed) {
                throw asFailure(failed);
            }
        }
        return sum;
    }

    /** Forgets what has not been answered. */
    @Override
    public void close() {
        waiting.forEach(thread -> thread.cancel(true));
        // A thread that had not begun to wait never will, and so does not forget its query.
        calls.forEach(ShardCall::cancel);
        whenClosed.run();
    }

    private static MorphogenException asFailure(ExecutionException failed) {
        return failed.getCause() instanceof MorphogenException known
                ? known
                : new MorphogenException(
                        FailureReason.INTERNAL, "Waiting for an answer broke off.", Map.of(), failed.getCause());
    }
}
