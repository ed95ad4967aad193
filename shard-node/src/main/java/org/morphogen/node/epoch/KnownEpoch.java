package org.morphogen.node.epoch;

import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.morphogen.epoch.Delta;
import org.morphogen.epoch.DeltaPiece;
import org.morphogen.epoch.Epoch;
import org.morphogen.epoch.GrownDictionaries;
import org.morphogen.snapshot.ChunkId;

/**
 * An epoch, and how it differs from the one before it. Together they are a tree, since a reorganisation leads on from an
 * earlier epoch. Two epochs of one tree differ by the deltas on the way between them, up to where their pasts meet and
 * down again: an XOR undoes itself. Immutable but for its parent, which {@link Timeline} cuts off when nobody goes back
 * that far; thread-safe.
 */
public final class KnownEpoch {
    private final Epoch epoch;
    private final Map<ChunkId, DeltaPiece> pieces;
    private final GrownDictionaries dictionaries;
    private final long entryBytes;
    private volatile @Nullable KnownEpoch parent;

    private KnownEpoch(
            Epoch epoch, Map<ChunkId, DeltaPiece> pieces, GrownDictionaries dictionaries, @Nullable KnownEpoch parent) {
        this.epoch = epoch;
        this.pieces = pieces;
        this.dictionaries = dictionaries;
        this.entryBytes = pieces.values().stream()
                .mapToLong(piece -> piece.entries().length)
                .sum();
        this.parent = parent;
    }

    /**
     * An epoch whose past is not known.
     *
     * @param dictionaries as they were at it
     */
    public static KnownEpoch root(Epoch epoch, GrownDictionaries dictionaries) {
        return new KnownEpoch(epoch, Map.of(), dictionaries, null);
    }

    /**
     * The epoch that a delta leads to from this one, whose digest the delta names as its parent's. Fails with
     * IllegalArgumentException when it does not, and when a dictionary gets too long.
     */
    public KnownEpoch next(Delta delta) {
        if (!delta.header().parentDigest().equals(epoch.digest())
                || delta.header().number() != epoch.number() + 1) {
            throw new IllegalArgumentException("the delta does not lead on from epoch " + epoch);
        }
        return new KnownEpoch(
                delta.header().epoch(),
                delta.pieces(),
                dictionaries.plus(delta.header().dictionaries()),
                this);
    }

    /** Number, digest and block. */
    public Epoch epoch() {
        return epoch;
    }

    /** The dictionaries with all that blocks have added up to this epoch. */
    public GrownDictionaries dictionaries() {
        return dictionaries;
    }

    long number() {
        return epoch.number();
    }

    long entryBytes() {
        return entryBytes;
    }

    Optional<KnownEpoch> parent() {
        return Optional.ofNullable(parent);
    }

    void forgetParent() {
        parent = null;
    }

    /**
     * Gives all pieces of one chunk by which this epoch differs from the other, in no particular order. Fails with
     * IllegalStateException when the way between them has been cut.
     */
    public void differences(KnownEpoch other, ChunkId chunk, Consumer<DeltaPiece> each) {
        KnownEpoch one = this;
        KnownEpoch two = other;
        while (one != two) {
            KnownEpoch higher = one.number() >= two.number() ? one : two;
            DeltaPiece piece = higher.pieces.get(chunk);
            if (piece != null) {
                each.accept(piece);
            }
            if (higher == one) {
                one = one.parentOrFail();
            } else {
                two = two.parentOrFail();
            }
        }
    }

    /** The newest epoch in the past of both, themselves included. */
    KnownEpoch meeting(KnownEpoch other) {
        KnownEpoch one = this;
        KnownEpoch two = other;
        while (one != two) {
            if (one.number() >= two.number()) {
                one = one.parentOrFail();
            } else {
                two = two.parentOrFail();
            }
        }
        return one;
    }

    private KnownEpoch parentOrFail() {
        KnownEpoch before = parent;
        if (before == null) {
            throw new IllegalStateException("the past of epoch " + epoch.number() + " is forgotten");
        }
        return before;
    }
}
