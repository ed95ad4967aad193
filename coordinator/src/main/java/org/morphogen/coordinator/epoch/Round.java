package org.morphogen.coordinator.epoch;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.morphogen.epoch.Epoch;
import org.morphogen.failure.MorphogenException;

/**
 * The same call to several nodes at once. Once those that have answered are enough, the others get a moment more: a
 * node that is slow holds nobody up. For one thread; the answers may come on any.
 */
final class Round {
    private final Epoch wanted;
    private final Duration forStragglers;
    private final Told told;
    private final BlockingQueue<Answer> answers = new LinkedBlockingQueue<>();
    private final Map<String, CompletableFuture<Epoch>> open = new HashMap<>();

    /**
     * Of no call yet.
     *
     * @param wanted the epoch that a node is at when it has done what it was asked
     * @param forStragglers how much longer than the others a node may take
     */
    Round(Epoch wanted, Duration forStragglers, Told told) {
        this.wanted = wanted;
        this.forStragglers = forStragglers;
        this.told = told;
    }

    private record Answer(
            String node, @Nullable Epoch head, @Nullable Throwable failure) {}

    /** Adds a call, which ends by itself. */
    void add(String node, CompletableFuture<Epoch> call) {
        open.put(node, call);
        var _ = call.whenComplete((head, failure) -> answers.add(new Answer(node, head, failure)));
    }

    /** The nodes that did it, in time; tells of those that failed, and of those that are well again. */
    Set<String> await(Predicate<Set<String>> enough) throws InterruptedException {
        Set<String> done = new HashSet<>();
        while (!open.isEmpty() && !enough.test(done)) {
            take(answers.take(), done);
        }
        long untilNanos = System.nanoTime() + forStragglers.toNanos();
        while (!open.isEmpty()) {
            Answer answer = answers.poll(untilNanos - System.nanoTime(), TimeUnit.NANOSECONDS);
            if (answer == null) {
                return done;
            }
            take(answer, done);
        }
        return done;
    }

    /** The calls that have not been answered. */
    Map<String, CompletableFuture<Epoch>> stragglers() {
        return Map.copyOf(open);
    }

    private void take(Answer answer, Set<String> done) {
        open.remove(answer.node());
        if (answer.failure() != null) {
            told.tell(answer.node(), explained(answer.failure()));
        } else if (wanted.equals(answer.head())) {
            told.well(answer.node());
            done.add(answer.node());
        }
    }

    private static String explained(Throwable failure) {
        Throwable cause = failure instanceof CompletionException wrapper && wrapper.getCause() != null
                ? wrapper.getCause()
                : failure;
        return cause instanceof MorphogenException known ? known.explain() : "Its answer makes no sense: " + cause;
    }
}
