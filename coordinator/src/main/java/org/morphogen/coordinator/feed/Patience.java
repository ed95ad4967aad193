package org.morphogen.coordinator.feed;

import java.time.Duration;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;

/** How long one call of a feed may still wait. */
final class Patience {
    private static final Duration FIRST_BACKOFF = Duration.ofMillis(100);
    private static final Duration LONGEST_BACKOFF = Duration.ofSeconds(5);
    private static final Duration FOREVER = Duration.ofNanos(Long.MAX_VALUE);

    private final long start = System.nanoTime();
    private final long nanos;

    /** Something that may fail for a while. */
    interface Attempt<T> {
        T make() throws InterruptedException;
    }

    Patience(Duration wait) {
        this.nanos = wait.compareTo(FOREVER) > 0 ? Long.MAX_VALUE : wait.toNanos();
    }

    /** Sleeps that long, or for what is left; false without sleeping if nothing is left. */
    boolean pause(Duration time) throws InterruptedException {
        long left = left();
        if (left <= 0) {
            return false;
        }
        Thread.sleep(Duration.ofNanos(Math.min(time.toNanos(), left)));
        return true;
    }

    /** Tries until it is not UNAVAILABLE, with longer and longer pauses; at the end throws the last failure. */
    <T> T keepTrying(Attempt<T> attempt) throws InterruptedException {
        Duration backoff = FIRST_BACKOFF;
        while (true) {
            try {
                return attempt.make();
            } catch (MorphogenException failed) {
                if (failed.reason() != FailureReason.UNAVAILABLE || !pause(backoff)) {
                    throw failed;
                }
                Duration twice = backoff.multipliedBy(2);
                backoff = twice.compareTo(LONGEST_BACKOFF) > 0 ? LONGEST_BACKOFF : twice;
            }
        }
    }

    private long left() {
        return nanos - (System.nanoTime() - start);
    }
}
