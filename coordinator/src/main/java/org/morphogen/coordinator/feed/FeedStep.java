package org.morphogen.coordinator.feed;

import java.util.OptionalLong;
import org.morphogen.snapshot.BlockInfo;

/** What a {@link BlockFeed} says to do. */
public sealed interface FeedStep {
    /** Apply a block, whose parent is the last one applied. */
    record Append(BlockChanges changes) implements FeedStep {}

    /** Undo all blocks after {@code to}: the newest applied block that is still on the chain. */
    record Undo(BlockInfo to) implements FeedStep {}

    /** None of the applied blocks is on the chain: undoing does not help, a newer snapshot does. */
    record TooDeep(String why) implements FeedStep {}

    /**
     * There was no newer block in the given time.
     *
     * @param newest when the newest block was made, in seconds since 1970; empty where that is not told
     */
    record Nothing(OptionalLong newest) implements FeedStep {
        /** Where it is not told when the newest block was made. */
        public Nothing() {
            this(OptionalLong.empty());
        }
    }
}
