package org.morphogen.dpf;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * What is needed to expand the subtree below one node of a key's tree, as plain bytes, for engines that expand keys
 * outside Java. Blocks of 16 bytes, words little endian:
 *
 * <pre>
 * 0      the node's seed, all bits of which count
 * 1      its control bit in the lowest bit, else zeros
 * 2, 3   correction of the left and of the right child one level below, each with the correction of the control bit in
 *        its lowest bit, which is free
 * ...    the same for each level, down to the leaves
 * last   correction of the value
 * </pre>
 *
 * Secret like the key: whoever holds such bytes must not let them out.
 */
public final class SubtreeKey {
    private static final int HEAD_BLOCKS = 2;
    private static final int BLOCKS_PER_LEVEL = 2;

    private SubtreeKey() {}

    /** Bytes of one whose node is so many levels above the leaves. */
    public static int bytes(int height) {
        return (HEAD_BLOCKS + BLOCKS_PER_LEVEL * height + 1) * Block.BYTES;
    }

    /**
     * Writes one at {@code at}.
     *
     * @param nodes expanded from the key
     * @param node that the subtree lies below, one of {@code nodes}
     * @param into takes {@link #bytes} of the key's depth less the nodes' level
     */
    public static void write(DpfKey key, DpfNodes nodes, long node, ByteBuffer into, int at) {
        if (node < nodes.first() || node >= nodes.first() + nodes.count() || nodes.level() > key.depth()) {
            throw new IllegalArgumentException("node: is not one of the nodes that are known");
        }
        int slot = nodes.slot(node);
        Block seed = seed(nodes, slot);
        int control = nodes.controlMasks[slot * DpfNodes.NODE_WORDS] & 1;
        ByteBuffer bytes = into.slice(at, bytes(key.depth() - nodes.level())).order(ByteOrder.LITTLE_ENDIAN);
        put(bytes, seed.low(), seed.high());
        put(bytes, control, 0);
        for (int level = nodes.level(); level < key.depth(); level++) {
            DpfKey.Correction correction = key.correction(level);
            put(bytes, correction.lowLeft(), correction.seed().high());
            put(bytes, correction.lowRight(), correction.seed().high());
        }
        put(bytes, key.valueCorrection().low(), key.valueCorrection().high());
    }

    /** Nodes hold sigma of their seeds: low and high became high and high ^ low. */
    private static Block seed(DpfNodes nodes, int slot) {
        Block sigma = Block.read(nodes.seeds, slot * DpfNodes.NODE_BYTES);
        return new Block(sigma.high() ^ sigma.low(), sigma.low());
    }

    private static void put(ByteBuffer bytes, long low, long high) {
        bytes.putLong(low).putLong(high);
    }
}
