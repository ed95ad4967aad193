package org.morphogen.dpf;

import java.lang.invoke.VarHandle;

/**
 * Goes one level down a key's tree. Not thread-safe; allocates nothing once its target has grown.
 *
 * <p>Control bits are secret: they act as masks, and neither a branch nor an address depends on one.
 */
final class NodeExpander {
    /** Nodes between two calls of AES: long enough for its speed, short enough that all of it stays in the first cache. */
    private static final int BLOCK_NODES = 512;

    private static final VarHandle WORDS = Block.WORDS;

    private final FixedKeyAes left = FixedKeyAes.forLeftChildren();
    private final FixedKeyAes right = FixedKeyAes.forRightChildren();
    private final byte[] leftHashes = new byte[BLOCK_NODES * DpfNodes.NODE_BYTES];
    private final byte[] rightHashes = new byte[BLOCK_NODES * DpfNodes.NODE_BYTES];

    /** Puts both children of {@code count} nodes from {@code firstParent} on into {@code children}. */
    void expand(DpfKey key, DpfNodes parents, long firstParent, int count, DpfNodes children) {
        DpfKey.Correction correction = key.correction(parents.level());
        children.reset(parents.level() + 1, 2 * firstParent, 2 * count);
        int firstSlot = parents.slot(firstParent);
        for (int done = 0; done < count; done += BLOCK_NODES) {
            int nodes = Math.min(BLOCK_NODES, count - done);
            int slot = firstSlot + done;
            int bytes = nodes * DpfNodes.NODE_BYTES;
            left.encrypt(parents.seeds, slot * DpfNodes.NODE_BYTES, bytes, leftHashes, 0);
            right.encrypt(parents.seeds, slot * DpfNodes.NODE_BYTES, bytes, rightHashes, 0);
            correct(correction, parents, slot, nodes, children, 2 * done);
        }
    }

    /** The pass after AES: feed-forward, corrections, and the children's sigma. */
    private void correct(
            DpfKey.Correction correction, DpfNodes parents, int slot, int nodes, DpfNodes children, int childSlot) {
        byte[] seeds = parents.seeds;
        long[] masks = parents.controlMasks;
        byte[] childSeeds = children.seeds;
        long[] childMasks = children.controlMasks;
        byte[] lefts = leftHashes;
        byte[] rights = rightHashes;
        // The seeds' lowest bits are free: the control corrections ride there, and come out as the child's control bit.
        long lowLeft = correction.seed().low() | correction.controlLeft();
        long lowRight = correction.seed().low() | correction.controlRight();
        long high = correction.seed().high();
        for (int i = 0; i < nodes; i++) {
            int from = DpfNodes.NODE_BYTES * (slot + i);
            int to = DpfNodes.NODE_BYTES * (childSlot + 2 * i);
            int hash = DpfNodes.NODE_BYTES * i;
            long mask = masks[slot + i];
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
            childMasks[childSlot + 2 * i] = -(leftLow & 1);
            childMasks[childSlot + 2 * i + 1] = -(rightLow & 1);
        }
    }
}
