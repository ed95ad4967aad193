package org.morphogen.dpf;

import java.lang.invoke.VarHandle;

/**
 * Turns the nodes of the last level into leaves of selection bits. Not thread-safe; allocates nothing. Control bits are
 * secret: they act as masks.
 */
final class LeafExpander {
    private static final VarHandle WORDS = Block.WORDS;

    private final FixedKeyAes value = FixedKeyAes.forLeafValues();

    /** Writes the leaves of {@code count} nodes from {@code firstNode} on, 16 bytes each. */
    void expand(DpfKey key, DpfNodes nodes, long firstNode, int count, byte[] out, int outOffset) {
        byte[] seeds = nodes.seeds;
        long[] masks = nodes.controlMasks;
        long correctionLow = key.valueCorrection().low();
        long correctionHigh = key.valueCorrection().high();
        int slot = nodes.slot(firstNode);
        value.encrypt(seeds, slot * DpfNodes.NODE_BYTES, count * DpfNodes.NODE_BYTES, out, outOffset);
        for (int i = 0; i < count; i++) {
            int from = DpfNodes.NODE_BYTES * (slot + i);
            int to = outOffset + DpfNodes.NODE_BYTES * i;
            long mask = masks[slot + i];
            long low = (long) WORDS.get(out, to) ^ (long) WORDS.get(seeds, from) ^ (correctionLow & mask);
            long high = (long) WORDS.get(out, to + 8) ^ (long) WORDS.get(seeds, from + 8) ^ (correctionHigh & mask);
            WORDS.set(out, to, low);
            WORDS.set(out, to + 8, high);
        }
    }
}
