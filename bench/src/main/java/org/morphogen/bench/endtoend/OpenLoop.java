package org.morphogen.bench.endtoend;

import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/**
 * Queries that arrive when they do, like those of strangers: at random (a Poisson process), whether or not earlier ones
 * are answered. Latency counts from the moment that a query was due, so a server that stalls is charged for all who
 * would have come meanwhile (no coordinated omission).
 */
final class OpenLoop {
    private static final int DIGITS = 3;

    private final Consumer<Consumer<Boolean>> ask;
    private final LongSupplier nanoTime;
    private final LongConsumer pause;
    private final Histogram latencyNanos = new ConcurrentHistogram(DIGITS);
    private final AtomicLong failed = new AtomicLong();

    /**
     * Prepares a run.
     *
     * @param ask sends one query and tells its argument when it is answered, and whether well
     * @param pause waits so many nanoseconds, or less
     */
    OpenLoop(Consumer<Consumer<Boolean>> ask, LongSupplier nanoTime, LongConsumer pause) {
        this.ask = ask;
        this.nanoTime = nanoTime;
        this.pause = pause;
    }

    /** Sends at that rate for that long; answers may still be on their way when this returns. */
    void run(double perSecond, long forNanos, long seed) {
        Random random = new Random(seed);
        long begin = nanoTime.getAsLong();
        double dueNanos = 0;
        while (dueNanos < forNanos) {
            long due = begin + (long) dueNanos;
            awaitTime(due);
            ask.accept(well -> answered(due, well));
            dueNanos += -Math.log(1 - random.nextDouble()) / perSecond * 1e9;
        }
    }

    private void awaitTime(long due) {
        for (long left = due - nanoTime.getAsLong(); left > 0; left = due - nanoTime.getAsLong()) {
            pause.accept(left);
        }
    }

    private void answered(long due, boolean well) {
        if (well) {
            latencyNanos.recordValue(Math.max(0, nanoTime.getAsLong() - due));
        } else {
            failed.incrementAndGet();
        }
    }

    /** Latencies of what was answered well. */
    Histogram latencyNanos() {
        return latencyNanos;
    }

    /** Queries refused or broken off. */
    long failed() {
        return failed.get();
    }
}
