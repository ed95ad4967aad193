package org.morphogen.coordinator.epoch;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.morphogen.coordinator.feed.BlockFeed;
import org.morphogen.coordinator.feed.FeedStep;
import org.morphogen.coordinator.feed.Wanted;
import org.morphogen.snapshot.BlockInfo;

/** A feed that is opened when first asked, and asked by one thread at a time, in the order in which they came. */
final class SharedFeed implements BlockFeed {
    private final Supplier<BlockFeed> opening;
    private final ReentrantLock lock = new ReentrantLock(true);
    private @Nullable BlockFeed opened;

    SharedFeed(Supplier<BlockFeed> opening) {
        this.opening = opening;
    }

    @Override
    public FeedStep next(List<BlockInfo> applied, Wanted wanted, Duration wait) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            BlockFeed feed = opened;
            if (feed == null) {
                feed = opening.get();
                opened = feed;
            }
            return feed.next(applied, wanted, wait);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            if (opened != null) {
                opened.close();
                opened = null;
            }
        } finally {
            lock.unlock();
        }
    }
}
