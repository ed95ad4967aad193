package org.morphogen.coordinator.epoch;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.morphogen.coordinator.feed.BlockFeed;
import org.morphogen.coordinator.membership.KnownNodes;
import org.morphogen.coordinator.transfer.SnapshotLibrary;

/**
 * A follower for each generation that follows the chain: the one that is served, one that catches up before it is, and
 * those that were served before. Each has a thread and a feed of its own, so none waits for another. Thread-safe.
 */
public final class ChainFollowers implements AutoCloseable {
    private final Supplier<BlockFeed> feeds;
    private final EpochBooks books;
    private final NodeCalls calls;
    private final SnapshotLibrary library;
    private final int windowEpochs;
    private final Map<Long, ChainFollower> followers = new HashMap<>();
    private boolean closed;

    /**
     * Follows nothing until {@link #follow}.
     *
     * @param feeds opens a feed of the party's chain
     * @param windowEpochs that can be asked for, head included
     * @param deadline of each call to a node
     * @param steps told of each step that a crash may follow
     */
    public ChainFollowers(
            Supplier<BlockFeed> feeds,
            EpochBooks books,
            KnownNodes nodes,
            SnapshotLibrary library,
            int party,
            long term,
            int windowEpochs,
            Duration deadline,
            StepWatch steps) {
        this.feeds = feeds;
        this.books = books;
        this.calls = new NodeCalls(nodes, party, term, deadline, steps);
        this.library = library;
        this.windowEpochs = windowEpochs;
    }

    /** Makes these generations follow the chain, and no others. Waits for nothing. */
    public synchronized void follow(Collection<Long> generations) {
        if (!closed) {
            followers.forEach((generation, follower) -> {
                if (!generations.contains(generation)) {
                    follower.end();
                }
            });
            followers.keySet().retainAll(generations);
            generations.forEach(generation -> followers.computeIfAbsent(generation, this::begin));
        }
    }

    /** Ends all, and waits for them for a while. */
    @Override
    public void close() {
        List<ChainFollower> ending;
        synchronized (this) {
            closed = true;
            ending = List.copyOf(followers.values());
        }
        ending.forEach(ChainFollower::end);
        ending.forEach(ChainFollower::close);
    }

    private ChainFollower begin(long generation) {
        ChainFollower follower = new ChainFollower(generation, feeds, books, calls, library, windowEpochs, Pace.USUAL);
        follower.start();
        return follower;
    }
}
