package org.morphogen.coordinator.generation;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.morphogen.coordinator.leadership.OfficeLost;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The one thread on which a leader works during a term. Others ask it and wait for its answer. Thread-safe. */
final class LeaderLoop implements Executor, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LeaderLoop.class);
    private static final long ANSWER_WITHIN_SECONDS = 10;

    private final long term;
    private final Consumer<MorphogenException> onLost;
    private final ScheduledExecutorService thread;
    private volatile boolean over;

    /** @param onLost told once when the term turns out to be over; must not wait */
    LeaderLoop(long term, Consumer<MorphogenException> onLost) {
        this.term = term;
        this.onLost = onLost;
        this.thread = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().daemon().name("leader-term-" + term).factory());
    }

    /** Runs a task again and again until it throws. */
    void repeat(Runnable task, Duration pause) {
        var _ = thread.scheduleWithFixedDelay(task, 0, pause.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Whether the term is over. */
    boolean isOver() {
        return over;
    }

    /** The term is over. */
    void lose(MorphogenException why) {
        if (!over) {
            over = true;
            onLost.accept(why);
        }
    }

    /** Runs a task, unless the loop has ended. */
    @Override
    public void execute(Runnable task) {
        try {
            thread.execute(task);
        } catch (RejectedExecutionException closing) {
            LOG.debug("An answer came after the end of term {}", term);
        }
    }

    /**
     * The answer of the loop's thread. Fails as the question does, or with UNAVAILABLE when the term is over or the answer
     * does not come within {@value #ANSWER_WITHIN_SECONDS} s.
     */
    <T> T ask(Callable<T> question) {
        if (over) {
            throw ended(null);
        }
        Future<T> answer = submit(question);
        try {
            return answer.get(ANSWER_WITHIN_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof OfficeLost lost) {
                lose(lost.failure());
                throw ended(lost);
            }
            if (failed.getCause() instanceof MorphogenException known) {
                throw known;
            }
            throw new IllegalStateException("the leader's loop is broken", failed);
        } catch (TimeoutException busy) {
            answer.cancel(false);
            throw ended(busy);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw ended(stopped);
        }
    }

    /** Ends the term without a word to anybody. What runs is let run to its end for a while. */
    @Override
    public void close() {
        over = true;
        thread.shutdownNow();
        try {
            if (!thread.awaitTermination(ANSWER_WITHIN_SECONDS, TimeUnit.SECONDS)) {
                LOG.warn("The loop of term {} is slow to end; its writes are fenced off", term);
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private <T> Future<T> submit(Callable<T> question) {
        try {
            return thread.submit(question);
        } catch (RejectedExecutionException closing) {
            throw ended(closing);
        }
    }

    private static MorphogenException ended(@Nullable Throwable cause) {
        return new MorphogenException(
                FailureReason.UNAVAILABLE, "The leader is just stepping down or waits for ZooKeeper.", Map.of(), cause);
    }
}
