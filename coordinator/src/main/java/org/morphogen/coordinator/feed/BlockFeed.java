package org.morphogen.coordinator.feed;

import java.time.Duration;
import java.util.List;
import org.morphogen.failure.MorphogenException;
import org.morphogen.snapshot.BlockInfo;

/**
 * The blocks of a chain, one at a time and only when asked for. Who asks tells which blocks it has applied, so a feed
 * has nothing to remember: after a restart, or with another feed of the same chain, the answers go on where they
 * should. A feed may read a few blocks ahead. Not thread-safe.
 */
public interface BlockFeed extends AutoCloseable {
    /**
     * What to do next.
     *
     * @param applied the blocks already applied, oldest first, never empty; the first is as far back as can be undone
     * @param wanted what of a block's changes
     * @param wait how long to wait for a newer block, and how long to try again while the source fails; an exchange
     *     with the source that has begun may take longer
     * @throws MorphogenException UNAVAILABLE if the source still fails after that time, or is behind what is applied,
     *     REQUEST_INVALID if it is a file that cannot be used; the next call begins afresh
     */
    FeedStep next(List<BlockInfo> applied, Wanted wanted, Duration wait) throws InterruptedException;

    /** Lets go of connections and files. */
    @Override
    void close();
}
