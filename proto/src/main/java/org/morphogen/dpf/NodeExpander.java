package org.morphogen.dpf;

/**
 * Goes one level down a key's tree. Not thread-safe; allocates nothing once its target has grown.
 */
final class NodeExpander {
    /** Nodes between two calls of AES: long enough for its speed, short enough that all of it stays in the first cache. */
    private static final int BLOCK_NODES = 512;

    private final TreePasses passes;
    private final FixedKeyAes left = FixedKeyAes.forLeftChildren();
    private final FixedKeyAes right = FixedKeyAes.forRightChildren();
    private final byte[] leftHashes = new byte[BLOCK_NODES * DpfNodes.NODE_BYTES];
    private final byte[] rightHashes = new byte[BLOCK_NODES * DpfNodes.NODE_BYTES];

    NodeExpander(TreePasses passes) {
        this.passes = passes;
    }

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
            passes.children(correction, parents, slot, nodes, leftHashes, rightHashes, 0, children, 2 * done);
        }
    }

    /**
     * The same for equally many nodes of many keys: key k's are those from slot {@code k * countOfEach} on, in parents
     * as in children, of which there are twice as many.
     */
    void expandEach(DpfKey[] keys, int firstKey, int keyCount, DpfNodes parents, int countOfEach, DpfNodes children) {
        int count = keyCount * countOfEach;
        children.reset(parents.level() + 1, 0, 2 * count);
        int keysABlock = Math.max(1, BLOCK_NODES / countOfEach);
        for (int done = 0; done < keyCount; done += keysABlock) {
            int some = Math.min(keysABlock, keyCount - done);
            int bytes = some * countOfEach * DpfNodes.NODE_BYTES;
            int from = done * countOfEach * DpfNodes.NODE_BYTES;
            left.encrypt(parents.seeds, from, bytes, leftHashes, 0);
            right.encrypt(parents.seeds, from, bytes, rightHashes, 0);
            for (int key = 0; key < some; key++) {
                int slot = (done + key) * countOfEach;
                passes.children(
                        keys[firstKey + done + key].correction(parents.level()),
                        parents,
                        slot,
                        countOfEach,
                        leftHashes,
                        rightHashes,
                        key * countOfEach * DpfNodes.NODE_BYTES,
                        children,
                        2 * slot);
            }
        }
    }
}
