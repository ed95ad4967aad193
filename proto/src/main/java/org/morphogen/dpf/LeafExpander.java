package org.morphogen.dpf;

/** Turns the nodes of the last level into leaves of selection bits. Not thread-safe. */
final class LeafExpander {
    private final TreePasses passes;
    private final FixedKeyAes value = FixedKeyAes.forLeafValues();
    private byte[] hashes = new byte[0];

    LeafExpander(TreePasses passes) {
        this.passes = passes;
    }

    /** Writes the leaves of {@code count} nodes from {@code firstNode} on, 16 bytes each. */
    void expand(DpfKey key, DpfNodes nodes, long firstNode, int count, byte[] out, int outOffset) {
        int slot = nodes.slot(firstNode);
        value.encrypt(nodes.seeds, slot * DpfNodes.NODE_BYTES, count * DpfNodes.NODE_BYTES, out, outOffset);
        passes.leaves(key.valueCorrection(), nodes, slot, count, out, outOffset, out, outOffset);
    }

    /**
     * Writes the leaves of many keys, of key k those of the nodes from slot {@code k * countOfEach} on, at
     * {@code outOffset + k * strideBytes}.
     */
    void expandEach(
            DpfKey[] keys,
            int firstKey,
            int keyCount,
            DpfNodes nodes,
            int countOfEach,
            byte[] out,
            int outOffset,
            int strideBytes) {
        int bytes = keyCount * countOfEach * DpfNodes.NODE_BYTES;
        if (hashes.length < bytes) {
            hashes = new byte[bytes];
        }
        value.encrypt(nodes.seeds, 0, bytes, hashes, 0);
        for (int key = 0; key < keyCount; key++) {
            int slot = key * countOfEach;
            passes.leaves(
                    keys[firstKey + key].valueCorrection(),
                    nodes,
                    slot,
                    countOfEach,
                    hashes,
                    slot * DpfNodes.NODE_BYTES,
                    out,
                    outOffset + key * strideBytes);
        }
    }
}
