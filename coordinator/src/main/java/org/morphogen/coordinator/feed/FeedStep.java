package org.morphogen.coordinator.feed;

import org.morphogen.snapshot.BlockInfo;

/** What a {@link BlockFeed} says to do. */
public sealed interface FeedStep {
    /** Apply a block, whose parent is the last one applied. */
    record Append(BlockChanges changes) implements FeedStep {}

    /** Undo all blocks after {@code to}: the newest applied block that is still on the chain. */
    record Undo(BlockInfo to) implements FeedStep {}

    /** None of the applied blocks is on the chain: undoing does not help, a newer snapshot does. */
    record TooDeep(String why) implements FeedStep {}

    /** There was no newer block in the given time. */
    record Nothing() implements FeedStep {}
}
