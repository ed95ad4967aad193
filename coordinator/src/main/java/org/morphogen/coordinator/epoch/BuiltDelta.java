package org.morphogen.coordinator.epoch;

import org.morphogen.epoch.Delta;

/** What a {@link DeltaBuilder} comes to. */
sealed interface BuiltDelta {
    /** The delta, whole. */
    record Whole(Delta delta) implements BuiltDelta {}

    /** The generation cannot take the block in; {@code why} says what to do. */
    record Impossible(String why) implements BuiltDelta {}
}
