package org.morphogen.node.pull;

import java.time.Duration;

/**
 * How long to wait between tries: {@code first}, doubling up to {@code longest}.
 *
 * @param first wait after the first failure, at least 1 ms
 * @param longest at least {@code first}
 */
public record Backoff(Duration first, Duration longest) {
    /** What a node uses. */
    public static final Backoff STANDARD = new Backoff(Duration.ofMillis(200), Duration.ofSeconds(15));

    private static final int MOST_DOUBLINGS = 20;

    public Backoff {
        if (first.toMillis() < 1 || longest.compareTo(first) < 0) {
            throw new IllegalArgumentException("first must be at least 1 ms and at most longest");
        }
    }

    /** The wait after {@code failures} failures in a row, at least one. */
    public Duration after(int failures) {
        Duration wait = first.multipliedBy(1L << Math.min(MOST_DOUBLINGS, failures - 1));
        return wait.compareTo(longest) < 0 ? wait : longest;
    }
}
