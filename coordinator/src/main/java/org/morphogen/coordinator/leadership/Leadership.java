package org.morphogen.coordinator.leadership;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.recipes.leader.LeaderLatch;
import org.apache.curator.framework.recipes.leader.LeaderLatchListener;
import org.jspecify.annotations.Nullable;
import org.morphogen.failure.MorphogenException;
import org.morphogen.zookeeper.ClusterPaths;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stands for leader and, when elected, takes a new term and opens the {@link Office}; closes it when the place is
 * lost: at once when the connection to ZooKeeper breaks, and when a node or ZooKeeper says that the term is over. It
 * then stands again. All of it happens on one thread. Thread-safe.
 */
public final class Leadership implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Leadership.class);
    private static final Duration PAUSE_BEFORE_STANDING_AGAIN = Duration.ofSeconds(1);
    private static final Duration LONGEST_FAREWELL = Duration.ofSeconds(5);

    private final CuratorFramework client;
    private final ClusterPaths paths;
    private final String coordinatorId;
    private final Office office;
    private final TermKeeper terms;
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("leadership").factory());
    private volatile Optional<LeaderTerm> held = Optional.empty();
    private @Nullable LeaderLatch latch;
    private long newestTermTold;

    /** A candidate that does nothing until {@link #start}. */
    public Leadership(CuratorFramework client, ClusterPaths paths, String coordinatorId, Office office) {
        this.client = client;
        this.paths = paths;
        this.coordinatorId = coordinatorId;
        this.office = office;
        this.terms = new TermKeeper(client, paths, coordinatorId);
    }

    /** Begins to stand for leader. */
    public void start() {
        thread.execute(this::stand);
    }

    /** The term under which this coordinator leads, if it does. */
    public Optional<LeaderTerm> held() {
        return held;
    }

    /**
     * Gives up {@code term} if it is still held, and stands again after a pause.
     *
     * @param newestTerm a term that somebody has seen, 0 if none is known; the next one taken will be above it
     */
    public void stepDown(long term, long newestTerm, String why) {
        try {
            thread.execute(() -> giveUp(term, newestTerm, why));
        } catch (RejectedExecutionException closing) {
            LOG.debug("Already closed");
        }
    }

    @Override
    public void close() {
        thread.execute(() -> {
            leave();
            closeLatch();
        });
        thread.shutdown();
        try {
            if (!thread.awaitTermination(LONGEST_FAREWELL.toMillis(), TimeUnit.MILLISECONDS)) {
                thread.shutdownNow();
            }
        } catch (InterruptedException stopped) {
            thread.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }

    private void giveUp(long term, long newestTerm, String why) {
        if (held.filter(mine -> mine.number() == term).isEmpty()) {
            return;
        }
        LOG.warn("Stepping down from term {}: {}", term, why);
        newestTermTold = Math.max(newestTermTold, newestTerm);
        leave();
        standAgain();
    }

    private void stand() {
        if (thread.isShutdown()) {
            return;
        }
        LeaderLatch candidate = new LeaderLatch(client, paths.leader(), coordinatorId);
        latch = candidate;
        candidate.addListener(
                new LeaderLatchListener() {
                    @Override
                    public void isLeader() {
                        take(candidate);
                    }

                    @Override
                    public void notLeader() {
                        if (candidate.equals(latch)) {
                            leave();
                        }
                    }
                },
                thread);
        try {
            candidate.start();
        } catch (Exception failed) {
            LOG.warn("Cannot stand for leader yet", failed);
            standAgain();
        }
    }

    private void take(LeaderLatch candidate) {
        if (!candidate.equals(latch) || !candidate.hasLeadership() || held.isPresent()) {
            return;
        }
        try {
            LeaderTerm term = terms.raise(newestTermTold);
            if (!candidate.hasLeadership()) {
                return;
            }
            held = Optional.of(term);
            office.begin(term);
            LOG.info("Coordinator {} leads under term {}", coordinatorId, term.number());
        } catch (MorphogenException | OfficeLost failed) {
            LOG.warn("Elected, but cannot lead yet: {}", failed.getMessage());
            leave();
            standAgain();
        } catch (RuntimeException defect) {
            LOG.error("Elected, but cannot lead", defect);
            leave();
            standAgain();
        }
    }

    private void leave() {
        held.ifPresent(term -> {
            held = Optional.empty();
            office.end();
            LOG.info("Coordinator {} leads no more (term {})", coordinatorId, term.number());
        });
    }

    private void standAgain() {
        closeLatch();
        if (!thread.isShutdown()) {
            var _ = thread.schedule(this::stand, PAUSE_BEFORE_STANDING_AGAIN.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    private void closeLatch() {
        LeaderLatch leaving = latch;
        latch = null;
        if (leaving == null) {
            return;
        }
        try {
            leaving.close();
        } catch (IOException | IllegalStateException gone) {
            LOG.debug("The latch could not be withdrawn; it ends with the session", gone);
        }
    }
}
