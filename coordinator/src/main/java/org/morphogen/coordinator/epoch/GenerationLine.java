package org.morphogen.coordinator.epoch;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.morphogen.coordinator.feed.BlockChanges;
import org.morphogen.coordinator.feed.BlockFeed;
import org.morphogen.coordinator.feed.FeedStep;
import org.morphogen.epoch.Delta;
import org.morphogen.epoch.Epoch;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.morphogen.row.Bytes32;

/**
 * What a leader knows of one generation's epochs: where its nodes are, and the deltas of the window that it made itself.
 * Those of an earlier leader it makes again when a node lacks them. Not thread-safe.
 */
final class GenerationLine {
    private final long generation;
    private final DeltaBuilder builder;
    private final NodeCalls calls;
    private final NodeEpochs nodes;
    /** By the digest of the epoch that they lead to; no more than the window's. */
    private final Map<Bytes32, Delta> deltas = new HashMap<>();

    GenerationLine(long generation, DeltaBuilder builder, NodeCalls calls) {
        this.generation = generation;
        this.builder = builder;
        this.calls = calls;
        this.nodes = new NodeEpochs(calls);
    }

    long generation() {
        return generation;
    }

    NodeEpochs nodes() {
        return nodes;
    }

    void remember(Delta delta) {
        deltas.put(delta.header().epoch().digest(), delta);
    }

    void forgetBefore(long number) {
        deltas.values().removeIf(delta -> delta.header().number() < number);
    }

    void forgetAfter(long number) {
        deltas.values().removeIf(delta -> delta.header().number() > number);
    }

    /** The delta of a block on top of an epoch of the window. */
    BuiltDelta build(ServedLine served, Epoch parent, BlockChanges block) {
        return builder.build(parent, block, table -> new ShardRows(calls, served, table, parent));
    }

    /** The delta that leads to an epoch of the window; fails with UNAVAILABLE when it cannot be made again. */
    Delta delta(ServedLine served, int index, BlockFeed feed, Duration wait) throws InterruptedException {
        Epoch wanted = served.window().get(index);
        Delta known = deltas.get(wanted.digest());
        if (known != null) {
            return known;
        }
        var before = served.window().subList(0, index);
        if (feed.next(ChainFollower.blocks(before), wait) instanceof FeedStep.Append append
                && build(served, before.getLast(), append.changes()) instanceof BuiltDelta.Whole whole
                && whole.delta().header().epoch().equals(wanted)) {
            remember(whole.delta());
            return whole.delta();
        }
        throw new MorphogenException(
                FailureReason.UNAVAILABLE,
                "The delta of block " + wanted.block().number() + " cannot be made again from the chain.");
    }
}
