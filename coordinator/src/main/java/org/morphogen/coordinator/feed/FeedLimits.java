package org.morphogen.coordinator.feed;

import java.time.Duration;

/**
 * How patient a feed is, and how much it takes.
 *
 * @param requestTime longest time of one exchange with the node, the whole reply included
 * @param pollInterval between two looks for a newer block
 * @param replyBytes longest reply that is read, at least 1024
 * @param aheadBlocks blocks that are fetched at a time, 1 to 64; those not yet asked for wait in memory
 */
public record FeedLimits(Duration requestTime, Duration pollInterval, long replyBytes, int aheadBlocks) {
    /** For a node of the mainnet. */
    public static final FeedLimits DEFAULT =
            new FeedLimits(Duration.ofSeconds(60), Duration.ofMillis(100), 256L << 20, 4);

    private static final long LEAST_REPLY_BYTES = 1024;
    private static final int MOST_AHEAD_BLOCKS = 64;

    /** Checks the ranges. */
    public FeedLimits {
        if (!requestTime.isPositive() || !pollInterval.isPositive()) {
            throw new IllegalArgumentException("requestTime and pollInterval: must be more than 0");
        }
        if (replyBytes < LEAST_REPLY_BYTES) {
            throw new IllegalArgumentException("replyBytes: must be at least " + LEAST_REPLY_BYTES);
        }
        if (aheadBlocks < 1 || aheadBlocks > MOST_AHEAD_BLOCKS) {
            throw new IllegalArgumentException("aheadBlocks: must be 1 to " + MOST_AHEAD_BLOCKS);
        }
    }
}
