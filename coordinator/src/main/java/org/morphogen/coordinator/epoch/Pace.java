package org.morphogen.coordinator.epoch;

import java.time.Duration;

/**
 * How patient a follower is.
 *
 * @param block how long the feed waits for a block
 * @param pause before what failed is tried again
 * @param stragglers how much longer than the others a node may take
 */
record Pace(Duration block, Duration pause, Duration stragglers) {
    static final Pace USUAL = new Pace(Duration.ofSeconds(1), Duration.ofMillis(500), Duration.ofMillis(500));
}
