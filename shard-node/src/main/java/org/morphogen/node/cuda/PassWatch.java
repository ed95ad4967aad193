package org.morphogen.node.cuda;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Sees whether passes over a GPU end, and end well: one that hangs tells nobody, and one whose every pass fails without a
 * failure for good must not be asked for ever. Thread-safe.
 */
final class PassWatch {
    /** A pass takes milliseconds; a driver that is being reset, seconds. */
    private static final long LONGEST_NANOS = TimeUnit.SECONDS.toNanos(30);

    private static final int MOST_FAILURES = 8;

    private final LongSupplier nanoTime;
    private final AtomicLong last = new AtomicLong();
    private final Map<Long, Long> beginnings = new ConcurrentHashMap<>();
    /** In a row. */
    private final AtomicInteger failures = new AtomicInteger();

    private volatile String failure = "";

    PassWatch(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** A pass begins; gives its number. */
    long begin() {
        long pass = last.incrementAndGet();
        beginnings.put(pass, nanoTime.getAsLong());
        return pass;
    }

    void succeeded(long pass) {
        beginnings.remove(pass);
        failures.set(0);
    }

    void failed(long pass, Throwable why) {
        beginnings.remove(pass);
        failure = String.valueOf(why.getMessage());
        failures.incrementAndGet();
    }

    /** What is wrong, if something is. */
    Optional<String> complaint() {
        if (failures.get() >= MOST_FAILURES) {
            return Optional.of("has failed " + MOST_FAILURES + " times in a row, the last time with " + failure);
        }
        long now = nanoTime.getAsLong();
        return beginnings.values().stream().anyMatch(begin -> now - begin > LONGEST_NANOS)
                ? Optional.of("has been at one scan for over " + TimeUnit.NANOSECONDS.toSeconds(LONGEST_NANOS) + " s")
                : Optional.empty();
    }
}
