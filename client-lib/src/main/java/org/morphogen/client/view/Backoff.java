package org.morphogen.client.view;

import io.grpc.Deadline;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/** Pauses between attempts: 100 ms, doubled each time up to 5 s, each cut by up to a half at random. Not thread-safe. */
final class Backoff {
    private static final long FIRST_MILLIS = 100;
    private static final long LONGEST_MILLIS = 5_000;

    private long nextMillis = FIRST_MILLIS;

    /** Begins again with the shortest pause. */
    void reset() {
        nextMillis = FIRST_MILLIS;
    }

    /** Pauses, but not beyond the deadline. */
    void pause(Deadline deadline) throws InterruptedException {
        long pauseMillis = nextMillis / 2 + ThreadLocalRandom.current().nextLong(nextMillis / 2 + 1);
        nextMillis = Math.min(2 * nextMillis, LONGEST_MILLIS);
        Thread.sleep(Math.clamp(deadline.timeRemaining(TimeUnit.MILLISECONDS), 0, pauseMillis));
    }

    /** Pauses. */
    void pause() throws InterruptedException {
        pause(Deadline.after(2 * LONGEST_MILLIS, TimeUnit.MILLISECONDS));
    }
}
