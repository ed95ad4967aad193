package org.morphogen.coordinator.epoch;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.morphogen.coordinator.feed.BlockFeed;
import org.morphogen.coordinator.feed.FeedStep;
import org.morphogen.coordinator.feed.Wanted;
import org.morphogen.coordinator.transfer.SnapshotLibrary;
import org.morphogen.epoch.Delta;
import org.morphogen.epoch.Epoch;
import org.morphogen.failure.MorphogenException;
import org.morphogen.snapshot.BlockInfo;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A leader's work on the epochs of one generation, on a thread of its own: takes block after block from the feed, gives
 * its delta to the nodes, and publishes it as the head once the nodes that it takes can answer it. What was begun and not
 * published is done again by the next leader and comes to the same bytes, so nothing is lost and nothing applied twice.
 * Ends with the term, or when the books have the generation no more.
 */
final class ChainFollower implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ChainFollower.class);
    private static final Duration LONGEST_FAREWELL = Duration.ofSeconds(2);
    /** Ethereum makes a block every 12 seconds. */
    private static final Duration LONGEST_WITHOUT_BLOCK = Duration.ofMinutes(5);

    private static final String NO_NEW_BLOCK = "The Ethereum node's newest block was made more than "
            + LONGEST_WITHOUT_BLOCK.toMinutes() + " minutes ago. See whether it has peers and is synchronised.";
    private static final String WORK = "the leader's own work";

    private final long generation;
    private final SharedFeed feed;
    /** For blocks that were followed before: asking for them shall not wait until there is a newer one. */
    private final SharedFeed spareFeed;

    private final EpochBooks books;
    private final GenerationLine mine;
    private final int windowEpochs;
    private final Pace pace;
    private final StepWatch steps;
    private final Thread thread;
    private final Told told = new Told();
    private final RefusedDelta refused = new RefusedDelta();
    private Standstill standstill = Standstill.NONE;
    private ChainPlace place = ChainPlace.UNTOLD;
    private Optional<LineStanding> reported = Optional.empty();
    private volatile boolean over;

    /**
     * Does nothing until {@link #start}.
     *
     * @param feeds opens a feed of the chain
     * @param windowEpochs that can be asked for, head included
     */
    ChainFollower(
            long generation,
            Supplier<BlockFeed> feeds,
            EpochBooks books,
            NodeCalls calls,
            SnapshotLibrary library,
            int windowEpochs,
            Pace pace) {
        this.generation = generation;
        this.feed = new SharedFeed(feeds);
        this.spareFeed = new SharedFeed(feeds);
        this.books = books;
        this.mine = new GenerationLine(library, calls, pace.stragglers());
        this.windowEpochs = windowEpochs;
        this.pace = pace;
        this.steps = calls.steps();
        this.thread = Thread.ofPlatform()
                .daemon()
                .name("follower-" + generation + "-term-" + calls.term())
                .unstarted(this::run);
    }

    /** Begins. */
    void start() {
        thread.start();
    }

    /** Waits until it has ended, or so long; true if it has. */
    boolean awaitEnd(Duration most) throws InterruptedException {
        return thread.join(most);
    }

    /** Begins to end. */
    void end() {
        over = true;
        thread.interrupt();
    }

    /**
     * Ends, and waits for that for a while. One that is stuck does no harm: the books take nothing of it any more, and nodes
     * refuse its term once there is another one.
     */
    @Override
    public void close() {
        end();
        try {
            if (!awaitEnd(LONGEST_FAREWELL)) {
                LOG.warn("{} is slow to end; another term ends what it does", thread.getName());
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        try {
            boolean more = true;
            while (more && !over) {
                more = turn();
            }
        } catch (InterruptedException closing) {
            LOG.debug("Generation {} is followed no more", generation);
        } finally {
            mine.nodes().close();
            feed.close();
            spareFeed.close();
        }
    }

    /** One step along the chain, or a pause after one that failed; false when there is nothing to follow any more. */
    private boolean turn() throws InterruptedException {
        try {
            return step();
        } catch (MorphogenException problem) {
            if (!over) {
                told.tell(WORK, problem.explain());
            }
        } catch (RuntimeException | Error defect) {
            // An error too: a leader that follows no more would stand still without a word.
            LOG.error("A step along the chain failed; it is tried again", defect);
        }
        Thread.sleep(pace.pause());
        return true;
    }

    private boolean step() throws InterruptedException {
        Optional<ServedLine> now = books.line(generation);
        if (now.isEmpty()) {
            return false;
        }
        ServedLine line = now.get();
        mine.nodes().settle(line, index -> mine.delta(line, index, spareFeed, pace.block()));
        if (mine.nodes().areEnough(line)) {
            report();
            Optional<Delta> again = refused.again(line.head());
            if (again.isPresent()) {
                publish(line, again.get());
            } else {
                follow(line);
            }
        } else {
            mine.nodes().missing(line).ifPresent(this::note);
            report();
            Thread.sleep(pace.pause());
        }
        return true;
    }

    private void follow(ServedLine line) throws InterruptedException {
        Wanted wanted;
        try {
            wanted = mine.wanted(line);
        } catch (MorphogenException unread) {
            stand(Trouble.NO_DELTA, unread.explain());
            return;
        }
        FeedStep step;
        try {
            step = feed.next(blocks(line.window()), wanted, pace.block());
        } catch (MorphogenException unreachable) {
            stand(Trouble.NO_BLOCKS, "No blocks come: " + unreachable.explain());
            return;
        }
        go(line, step);
    }

    private void go(ServedLine line, FeedStep step) throws InterruptedException {
        switch (step) {
            case FeedStep.Append append -> append(line, append);
            case FeedStep.Undo undo -> undo(line, undo.to());
            case FeedStep.TooDeep tooDeep -> stand(Trouble.OFF_CHAIN, offChain(line, tooDeep));
            case FeedStep.Nothing nothing -> atNewest(nothing);
        }
    }

    /** A node without peers has no newer block, and looks like the end of the chain but for the age of its newest. */
    private void atNewest(FeedStep.Nothing nothing) {
        long nowSeconds = System.currentTimeMillis() / 1000;
        boolean old = nothing.newest().isPresent()
                && nowSeconds - nothing.newest().getAsLong() > LONGEST_WITHOUT_BLOCK.toSeconds();
        if (old) {
            refused.forget();
            note(new Standstill(Trouble.NO_BLOCKS, NO_NEW_BLOCK));
            place = ChainPlace.NEWEST;
            report();
        } else {
            goesOn(ChainPlace.NEWEST);
        }
    }

    private static String offChain(ServedLine line, FeedStep.TooDeep tooDeep) {
        BlockInfo first = line.window().getFirst().block();
        boolean fromSnapshot = line.window().getFirst().number() == 0;
        return fromSnapshot
                ? "The snapshot's block " + first.number() + " " + first.hash() + " is not on the chain that this party"
                        + " follows: " + tooDeep.why() + ". Build a snapshot of a block of that chain and publish it."
                : tooDeep.why();
    }

    private void append(ServedLine line, FeedStep.Append append) throws InterruptedException {
        Optional<Delta> known = refused.leadingTo(line.head(), append.changes().block());
        if (known.isPresent()) {
            publish(line, known.get());
            return;
        }
        BuiltDelta built;
        try {
            built = mine.build(line, line.head(), append.changes());
        } catch (MorphogenException unread) {
            stand(Trouble.NO_DELTA, unread.explain());
            return;
        }
        switch (built) {
            case BuiltDelta.Whole whole -> publish(line, whole.delta());
            case BuiltDelta.Impossible impossible -> stand(Trouble.TOO_FULL, impossible.why());
        }
    }

    private void publish(ServedLine line, Delta delta) throws InterruptedException {
        steps.reached(StepWatch.Step.DELTA_BUILT);
        Set<String> answering = mine.nodes().atHead();
        if (!mine.nodes().apply(line, delta)) {
            refuse(line, delta, answering);
            return;
        }
        steps.reached(StepWatch.Step.DELTA_APPLIED);
        mine.remember(delta);
        List<Epoch> window = new ArrayList<>(line.window());
        window.add(delta.header().epoch());
        List<Epoch> kept = window.subList(Math.max(0, window.size() - windowEpochs), window.size());
        books.publish(generation, kept, mine.nodes().atHead());
        steps.reached(StepWatch.Step.HEAD_PUBLISHED);
        mine.keepOnly(kept);
        goesOn(ChainPlace.ON_CHAIN);
    }

    /** @param answering nodes that still answer for the head as it is, as far as is known before they are asked again */
    private void refuse(ServedLine line, Delta delta, Set<String> answering) throws InterruptedException {
        refused.remember(delta);
        BlockInfo block = delta.header().block();
        note(new Standstill(
                Trouble.REFUSED,
                "Block " + block.number() + " (" + block.hash() + ") is not taken in and tried again. "
                        + mine.nodes().refusals(line)));
        place = ChainPlace.UNTOLD;
        report(answering);
        Thread.sleep(pace.block());
    }

    /** Clients first: they ask no more for epochs that nodes then forget. */
    private void undo(ServedLine line, BlockInfo to) throws InterruptedException {
        List<Epoch> kept = line.window().stream()
                .filter(epoch -> epoch.block().number() <= to.number())
                .toList();
        LOG.info("The chain goes back to block {} ({})", to.number(), to.hash());
        books.publish(generation, kept, mine.nodes().atHead());
        steps.reached(StepWatch.Step.WINDOW_SHORTENED);
        mine.nodes().rewind(line, kept.getLast());
        steps.reached(StepWatch.Step.NODES_REWOUND);
        mine.keepOnly(kept);
        goesOn(ChainPlace.ON_CHAIN);
    }

    private void goesOn(ChainPlace now) {
        told.well(WORK);
        refused.forget();
        standstill = Standstill.NONE;
        place = now;
        report();
    }

    private void stand(Trouble trouble, String why) throws InterruptedException {
        note(new Standstill(trouble, why));
        place = ChainPlace.UNTOLD;
        report();
        Thread.sleep(pace.block());
    }

    private void note(Standstill now) {
        if (!now.equals(standstill)) {
            LOG.warn("Epochs of generation {} stand still: {}", generation, now.why());
        }
        standstill = now;
    }

    private void report() {
        report(mine.nodes().atHead());
    }

    private void report(Set<String> atHead) {
        LineStanding now = new LineStanding(atHead, standstill, place);
        if (reported.filter(now::equals).isEmpty()) {
            books.report(generation, now);
            reported = Optional.of(now);
        }
    }

    static List<BlockInfo> blocks(List<Epoch> window) {
        return window.stream().map(Epoch::block).toList();
    }
}
