package org.morphogen.dpf;

import java.lang.invoke.VarHandle;

/** Two words at a time. */
record ScalarPasses() implements TreePasses {
    private static final VarHandle WORDS = Block.WORDS;

    @Override
    public void children(
            DpfKey.Correction correction,
            DpfNodes parents,
            int slot,
            int count,
            byte[] lefts,
            byte[] rights,
            int hashAt,
            DpfNodes children,
            int childSlot) {
        byte[] seeds = parents.seeds;
        byte[] masks = parents.controlMasks;
        byte[] childSeeds = children.seeds;
        byte[] childMasks = children.controlMasks;
        long lowLeft = correction.lowLeft();
        long lowRight = correction.lowRight();
        long high = correction.seed().high();
        for (int i = 0; i < count; i++) {
            int from = DpfNodes.NODE_BYTES * (slot + i);
            int to = DpfNodes.NODE_BYTES * (childSlot + 2 * i);
            int hash = hashAt + DpfNodes.NODE_BYTES * i;
            long mask = masks[DpfNodes.NODE_WORDS * (slot + i)];
            long parentLow = (long) WORDS.get(seeds, from);
            long parentHigh = (long) WORDS.get(seeds, from + 8) ^ (high & mask);
            long leftLow = (long) WORDS.get(lefts, hash) ^ parentLow ^ (lowLeft & mask);
            long leftHigh = (long) WORDS.get(lefts, hash + 8) ^ parentHigh;
            long rightLow = (long) WORDS.get(rights, hash) ^ parentLow ^ (lowRight & mask);
            long rightHigh = (long) WORDS.get(rights, hash + 8) ^ parentHigh;
            WORDS.set(childSeeds, to, leftHigh);
            WORDS.set(childSeeds, to + 8, leftHigh ^ (leftLow & ~1L));
            WORDS.set(childSeeds, to + 16, rightHigh);
            WORDS.set(childSeeds, to + 24, rightHigh ^ (rightLow & ~1L));
            int maskTo = DpfNodes.NODE_WORDS * (childSlot + 2 * i);
            childMasks[maskTo] = (byte) -(leftLow & 1);
            childMasks[maskTo + 1] = (byte) -(leftLow & 1);
            childMasks[maskTo + 2] = (byte) -(rightLow & 1);
            childMasks[maskTo + 3] = (byte) -(rightLow & 1);
        }
    }

    @Override
    public void leaves(
            Block valueCorrection,
            DpfNodes nodes,
            int slot,
            int count,
            byte[] hashes,
            int hashAt,
            byte[] out,
            int outAt) {
        byte[] seeds = nodes.seeds;
        byte[] masks = nodes.controlMasks;
        for (int i = 0; i < count; i++) {
            int from = DpfNodes.NODE_BYTES * (slot + i);
            int hash = hashAt + DpfNodes.NODE_BYTES * i;
            int to = outAt + DpfNodes.NODE_BYTES * i;
            long mask = masks[DpfNodes.NODE_WORDS * (slot + i)];
            long low = (long) WORDS.get(hashes, hash) ^ (long) WORDS.get(seeds, from) ^ (valueCorrection.low() & mask);
            long high = (long) WORDS.get(hashes, hash + 8)
                    ^ (long) WORDS.get(seeds, from + 8)
                    ^ (valueCorrection.high() & mask);
            WORDS.set(out, to, low);
            WORDS.set(out, to + 8, high);
        }
    }
}
