package org.morphogen.coordinator.generation;

import java.util.Optional;

/**
 * Whether a generation has been so near to the one that is served, and for so long, that it will come no nearer: blocks
 * come faster than it takes them. Not thread-safe.
 */
final class Nearness {
    /** As far behind as clients may find themselves after the change. */
    static final int FEW_BLOCKS = 2;

    /** Blocks that it must have taken meanwhile. */
    static final int BLOCKS_NEAR = 32;

    private Optional<Long> since = Optional.empty();

    /**
     * Tells where it is now; true if that has been near enough for long enough.
     *
     * @param behind blocks behind the one that is served
     * @param epoch that it has come to
     */
    boolean lasts(long behind, long epoch) {
        since = behind > FEW_BLOCKS ? Optional.empty() : since.or(() -> Optional.of(epoch));
        return since.filter(first -> epoch - first >= BLOCKS_NEAR).isPresent();
    }
}
