package org.morphogen.coordinator.epoch;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.morphogen.coordinator.feed.BlockFeed;
import org.morphogen.coordinator.feed.FeedStep;
import org.morphogen.coordinator.membership.NodeWatch;
import org.morphogen.coordinator.transfer.SnapshotLibrary;
import org.morphogen.epoch.Delta;
import org.morphogen.epoch.Epoch;
import org.morphogen.failure.MorphogenException;
import org.morphogen.snapshot.BlockInfo;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A leader's work on epochs, on a thread of its own: takes block after block from the feed, gives its delta to the nodes,
 * and publishes it as the head once every shard can answer it. What was begun and not published is done again by the next
 * leader and comes to the same bytes, so nothing is lost and nothing applied twice. Ends with the term.
 */
public final class ChainFollower implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ChainFollower.class);
    private static final Duration WAIT_FOR_BLOCK = Duration.ofSeconds(1);
    private static final Duration PAUSE_AFTER_FAILURE = Duration.ofMillis(500);

    private final BlockFeed feed;
    private final EpochBooks books;
    private final NodeCalls calls;
    private final SnapshotLibrary library;
    private final int windowEpochs;
    private final Thread thread;
    private @Nullable GenerationLine line;
    private final Told told = new Told();
    private String reported = "";
    private Set<String> reportedAtHead = Set.of();
    private volatile boolean over;

    /**
     * Does nothing until {@link #start}. Takes the feed over.
     *
     * @param windowEpochs that can be asked for, head included
     * @param deadline of each call to a node
     */
    public ChainFollower(
            BlockFeed feed,
            EpochBooks books,
            NodeWatch watch,
            SnapshotLibrary library,
            int party,
            long term,
            int windowEpochs,
            Duration deadline) {
        this.feed = feed;
        this.books = books;
        this.calls = new NodeCalls(watch, party, term, deadline);
        this.library = library;
        this.windowEpochs = windowEpochs;
        this.thread = Thread.ofPlatform().daemon().name("follower-term-" + term).unstarted(this::run);
    }

    /** Begins. */
    public void start() {
        thread.start();
    }

    @Override
    public void close() {
        over = true;
        thread.interrupt();
        try {
            thread.join();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
        feed.close();
    }

    private void run() {
        while (!over) {
            try {
                step();
            } catch (InterruptedException closing) {
                return;
            } catch (MorphogenException problem) {
                told.tell("chain", problem.explain());
                pause();
            } catch (RuntimeException | Error defect) {
                // An error too: a leader that follows no more would stand still without a word.
                LOG.error("A step along the chain failed; it is tried again", defect);
                pause();
            }
        }
    }

    private void step() throws InterruptedException {
        Optional<ServedLine> served = books.served();
        if (served.isEmpty()) {
            Thread.sleep(WAIT_FOR_BLOCK);
            return;
        }
        GenerationLine mine = line(served.get());
        mine.nodes().settle(served.get(), index -> mine.delta(served.get(), index, feed, WAIT_FOR_BLOCK));
        report(served.get(), mine, reported);
        if (!mine.nodes().everyShardIsAtHead(served.get())) {
            Thread.sleep(PAUSE_AFTER_FAILURE);
            return;
        }
        go(served.get(), mine, next(served.get(), mine));
    }

    private FeedStep next(ServedLine served, GenerationLine mine) throws InterruptedException {
        try {
            return feed.next(blocks(served.window()), WAIT_FOR_BLOCK);
        } catch (MorphogenException unreachable) {
            report(served, mine, "No blocks come: " + unreachable.explain());
            throw unreachable;
        }
    }

    private void go(ServedLine served, GenerationLine mine, FeedStep step) throws InterruptedException {
        switch (step) {
            case FeedStep.Append append -> append(served, mine, append);
            case FeedStep.Undo undo -> undo(served, mine, undo.to());
            case FeedStep.TooDeep tooDeep -> {
                report(served, mine, tooDeep.why());
                Thread.sleep(WAIT_FOR_BLOCK);
            }
            case FeedStep.Nothing _ -> report(served, mine, "");
        }
    }

    private void append(ServedLine served, GenerationLine mine, FeedStep.Append append) throws InterruptedException {
        switch (mine.build(served, served.head(), append.changes())) {
            case BuiltDelta.Whole whole -> publish(served, mine, whole.delta());
            case BuiltDelta.Impossible impossible -> {
                report(served, mine, impossible.why());
                Thread.sleep(WAIT_FOR_BLOCK);
            }
        }
    }

    private void publish(ServedLine served, GenerationLine mine, Delta delta) {
        if (!mine.nodes().apply(served, delta)) {
            return;
        }
        mine.remember(delta);
        List<Epoch> window = new ArrayList<>(served.window());
        window.add(delta.header().epoch());
        List<Epoch> kept = window.subList(Math.max(0, window.size() - windowEpochs), window.size());
        books.publish(served.generation(), kept, mine.nodes().atHead());
        reportedAtHead = mine.nodes().atHead();
        mine.keepOnly(kept);
        told.well("chain");
        report(served, mine, "");
    }

    /** Clients first: they ask no more for epochs that nodes then forget. */
    private void undo(ServedLine served, GenerationLine mine, BlockInfo to) {
        List<Epoch> kept = served.window().stream()
                .filter(epoch -> epoch.block().number() <= to.number())
                .toList();
        LOG.info("The chain goes back to block {} ({})", to.number(), to.hash());
        books.publish(served.generation(), kept, mine.nodes().atHead());
        mine.nodes().rewind(served, kept.getLast());
        mine.keepOnly(kept);
    }

    private GenerationLine line(ServedLine served) {
        GenerationLine mine = line;
        if (mine == null || mine.generation() != served.generation()) {
            DeltaBuilder builder = DeltaBuilder.open(library.find(served.snapshot()));
            mine = new GenerationLine(served.generation(), builder, calls);
            line = mine;
        }
        return mine;
    }

    private void report(ServedLine served, GenerationLine mine, String stalled) {
        Set<String> atHead = mine.nodes().atHead();
        if (!reported.equals(stalled) || !reportedAtHead.equals(atHead)) {
            if (!stalled.isEmpty() && !reported.equals(stalled)) {
                LOG.warn("Epochs stand still: {}", stalled);
            }
            books.report(served.generation(), atHead, stalled);
            reported = stalled;
            reportedAtHead = atHead;
        }
    }

    private void pause() {
        try {
            Thread.sleep(PAUSE_AFTER_FAILURE);
        } catch (InterruptedException closing) {
            over = true;
        }
    }

    static List<BlockInfo> blocks(List<Epoch> window) {
        return window.stream().map(Epoch::block).toList();
    }
}
