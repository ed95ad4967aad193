package org.morphogen.dpf;

import org.morphogen.dpf.DpfKey.Correction;

/**
 * Both parties' nodes on the way from the root to the target leaf, while a key pair is made. Every choice by a target
 * bit is a mask. Not thread-safe.
 */
final class KeyPath {
    private final FixedKeyAes left = FixedKeyAes.forLeftChildren();
    private final FixedKeyAes right = FixedKeyAes.forRightChildren();
    private Block seed0;
    private Block seed1;
    private int control0 = 0;
    private int control1 = 1;

    KeyPath(Block rootSeed0, Block rootSeed1) {
        seed0 = rootSeed0;
        seed1 = rootSeed1;
    }

    /**
     * Goes one level down and says how that level corrects: so that off the path both parties get equal nodes, and on it
     * control bits that differ.
     *
     * @param turn the target leaf's bit of this level: 0 to the left, 1 to the right
     */
    Correction descend(int turn) {
        Block left0 = left.hash(seed0);
        Block left1 = left.hash(seed1);
        Block right0 = right.hash(seed0);
        Block right1 = right.hash(seed1);
        Block lost = select(turn, right0, left0).xor(select(turn, right1, left1));
        Correction correction = new Correction(
                lost.clearLowestBit(),
                left0.lowestBit() ^ left1.lowestBit() ^ turn ^ 1,
                right0.lowestBit() ^ right1.lowestBit() ^ turn);
        int keptControl = correction.controlLeft() ^ ((correction.controlLeft() ^ correction.controlRight()) & turn);
        Block kept0 = select(turn, left0, right0);
        Block kept1 = select(turn, left1, right1);
        seed0 = kept0.clearLowestBit().xor(correction.seed().and(-control0));
        seed1 = kept1.clearLowestBit().xor(correction.seed().and(-control1));
        control0 = kept0.lowestBit() ^ (control0 & keptControl);
        control1 = kept1.lowestBit() ^ (control1 & keptControl);
        return correction;
    }

    /** The correction with which the parties' values of the leaf reached differ by {@code wanted}. */
    Block valueCorrection(Block wanted) {
        FixedKeyAes value = FixedKeyAes.forLeafValues();
        return value.hash(seed0).xor(value.hash(seed1)).xor(wanted);
    }

    /** {@code zero} for turn 0, {@code one} for turn 1, without a branch. */
    private static Block select(int turn, Block zero, Block one) {
        return zero.xor(zero.xor(one).and(-(long) turn));
    }
}
