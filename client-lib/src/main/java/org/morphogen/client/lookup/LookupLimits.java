package org.morphogen.client.lookup;

import java.time.Duration;
import org.morphogen.transport.Limits;

/**
 * Bounds of lookups.
 *
 * @param deadline for a lookup, and for each message's worth of a batch; positive, at most {@link #LONGEST}
 * @param maxAttempts replicas of a shard that are asked one after another; at least 1
 * @param maxKeysPerMessage 1 to {@link Limits#MAX_KEYS_PER_WAY}
 */
public record LookupLimits(Duration deadline, int maxAttempts, int maxKeysPerMessage) {
    /** Longest time to wait for anything. */
    public static final Duration LONGEST = Duration.ofDays(1);

    public LookupLimits {
        if (deadline.isNegative() || deadline.isZero() || deadline.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException("lookupDeadline: must be longer than nothing and at most a day");
        }
        if (maxAttempts < 1) {
            throw new IllegalArgumentException("maxAttempts: at least 1");
        }
        if (maxKeysPerMessage < 1 || maxKeysPerMessage > Limits.MAX_KEYS_PER_WAY) {
            throw new IllegalArgumentException("maxKeysPerMessage: 1 to " + Limits.MAX_KEYS_PER_WAY + " are possible");
        }
    }
}
