package org.morphogen.coordinator.epoch;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.morphogen.coordinator.feed.BlockChanges;
import org.morphogen.coordinator.feed.BlockFeed;
import org.morphogen.coordinator.feed.FeedStep;
import org.morphogen.coordinator.feed.Wanted;
import org.morphogen.coordinator.transfer.SnapshotLibrary;
import org.morphogen.epoch.Delta;
import org.morphogen.epoch.Epoch;
import org.morphogen.epoch.GrownDictionaries;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.morphogen.row.Bytes32;
import org.morphogen.snapshot.Manifest;

/**
 * What a leader knows of one generation's epochs: where its nodes are, and the deltas of the window that it made itself.
 * Those of an earlier leader, and those that were too much to keep, it makes again when a node lacks them. Deltas may be
 * asked for by several threads; all else is for one.
 */
final class GenerationLine {
    private final SnapshotLibrary library;
    private final NodeCalls calls;
    private final NodeEpochs nodes;
    /** No more than the window's. */
    private final RememberedDeltas deltas = new RememberedDeltas(RememberedDeltas.MOST_BYTES);

    /** By the digest of their epoch; no more than the window's. They share what they have in common. */
    private final Map<Bytes32, GrownDictionaries> dictionaries = new ConcurrentHashMap<>();

    private @Nullable DeltaBuilder builder;

    GenerationLine(SnapshotLibrary library, NodeCalls calls, Duration forStragglers) {
        this.library = library;
        this.calls = calls;
        this.nodes = new NodeEpochs(calls, forStragglers);
    }

    NodeEpochs nodes() {
        return nodes;
    }

    /** Of an epoch that is now in the window. */
    void remember(Delta delta) {
        Bytes32 digest = delta.header().epoch().digest();
        deltas.add(delta);
        Optional.ofNullable(dictionaries.get(delta.header().parentDigest()))
                .ifPresent(before ->
                        dictionaries.put(digest, before.plus(delta.header().dictionaries())));
    }

    /** Keeps no more than the window needs. */
    void keepOnly(List<Epoch> window) {
        Set<Bytes32> digests = window.stream().map(Epoch::digest).collect(Collectors.toSet());
        deltas.keepOnly(window);
        dictionaries.keySet().retainAll(digests);
    }

    /** What the tables need of a block. Fails as the snapshot's files do. */
    Wanted wanted(ServedLine served) {
        return builder(served).wanted();
    }

    /**
     * The delta of a block on top of an epoch of the window. Fails with UNAVAILABLE when nodes do not answer, or as the
     * snapshot's files do.
     */
    BuiltDelta build(ServedLine served, Epoch parent, BlockChanges block) {
        DeltaBuilder known = builder(served);
        return known.build(
                parent,
                dictionaries(served, parent, known.manifest()),
                block,
                table -> new ShardRows(calls, served, table, parent, nodes.atHead()));
    }

    private GrownDictionaries dictionaries(ServedLine served, Epoch at, Manifest manifest) {
        GrownDictionaries known = dictionaries.get(at.digest());
        if (known == null) {
            GrownDictionaries other =
                    dictionaries.values().stream().findFirst().orElseGet(() -> GrownDictionaries.of(manifest));
            known = new NodeDictionaries(calls, served, manifest).at(at, other);
            dictionaries.put(at.digest(), known);
        }
        return known;
    }

    /** Not before it is needed: nodes that are at the head are so without the snapshot. */
    private synchronized DeltaBuilder builder(ServedLine served) {
        DeltaBuilder known = builder;
        if (known == null) {
            known = DeltaBuilder.open(library.find(served.snapshot()));
            builder = known;
        }
        return known;
    }

    /** The delta that leads to an epoch of the window; fails with UNAVAILABLE when it cannot be made again. */
    Delta delta(ServedLine served, int index, BlockFeed feed, Duration wait) throws InterruptedException {
        Epoch wanted = served.window().get(index);
        Optional<Delta> known = deltas.leadingTo(wanted);
        if (known.isPresent()) {
            return known.get();
        }
        var before = served.window().subList(0, index);
        if (feed.next(ChainFollower.blocks(before), wanted(served), wait) instanceof FeedStep.Append append
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
