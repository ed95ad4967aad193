package org.morphogen.coordinator.generation;

import java.time.Duration;

/**
 * How patient a coordinator is, above all a leading one.
 *
 * @param pollInterval pause between two polls of a node
 * @param pollDeadline after which a poll counts as missed
 * @param tick pause between two looks at the party
 * @param resendPause before the same order is sent to a node again
 * @param callDeadline of a Hold or Drop call
 * @param placePatience wait for enough nodes to be there and to free what nobody wants, before a generation is placed or
 *     fails
 * @param awayPatience how long a node may be away before a publication that needs it fails
 * @param problemPatience how long a node may report a problem before a publication that needs it fails
 * @param retiredGrace how long a superseded generation is still held
 * @param loadTimeout longest time for all nodes to load a generation
 */
public record LeaderTimings(
        Duration pollInterval,
        Duration pollDeadline,
        Duration tick,
        Duration resendPause,
        Duration callDeadline,
        Duration placePatience,
        Duration awayPatience,
        Duration problemPatience,
        Duration retiredGrace,
        Duration loadTimeout) {

    /** What the coordinator uses, but for the two that are settings. */
    public static LeaderTimings standard(Duration retiredGrace, Duration loadTimeout) {
        return new LeaderTimings(
                Duration.ofSeconds(1),
                Duration.ofSeconds(2),
                Duration.ofMillis(250),
                Duration.ofSeconds(2),
                Duration.ofSeconds(10),
                Duration.ofSeconds(15),
                Duration.ofSeconds(60),
                Duration.ofSeconds(15),
                retiredGrace,
                loadTimeout);
    }
}
