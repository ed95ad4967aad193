package org.morphogen.dpf;

/**
 * One party's half of a question. Secret: whoever holds both halves knows the row that was asked for, so a key shows
 * nothing of its content, has no text form, and leaves the process through {@link DpfKeyCodec} alone. Immutable.
 */
public final class DpfKey {
    private final int party;
    private final Block rootSeed;
    private final Correction[] corrections;
    private final Block valueCorrection;

    /** What a level of the tree corrects: the seeds, whose lowest bit stays, and the left and right control bits. */
    record Correction(Block seed, int controlLeft, int controlRight) {
        /** The seed's low word with the left control correction in its lowest bit, which is free. */
        long lowLeft() {
            return seed.low() | controlLeft;
        }

        /** The same with the right one. */
        long lowRight() {
            return seed.low() | controlRight;
        }

        @Override
        public String toString() {
            return "Correction";
        }
    }

    /** Takes over the array. The lowest bit of every correction's seed must be 0. */
    DpfKey(int party, Block rootSeed, Correction[] corrections, Block valueCorrection) {
        this.party = party;
        this.rootSeed = rootSeed;
        this.corrections = corrections;
        this.valueCorrection = valueCorrection;
    }

    /** The party that this key was made for: 0 or 1. */
    public int party() {
        return party;
    }

    /** Levels of the tree below its root, 0 to {@value DpfDomain#MAX_DEPTH}. */
    public int depth() {
        return corrections.length;
    }

    Block rootSeed() {
        return rootSeed;
    }

    Correction correction(int level) {
        return corrections[level];
    }

    Block valueCorrection() {
        return valueCorrection;
    }
}
