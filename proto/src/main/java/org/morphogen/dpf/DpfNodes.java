package org.morphogen.dpf;

/**
 * Consecutive nodes of one level of a key's tree, as {@link DpfEvaluator#expand} leaves them. Secret like the key: only
 * where they stand can be seen. A buffer that grows to the most nodes it was ever asked to hold and is used again and
 * again. Not thread-safe; many threads may read the same nodes while none expands into them.
 */
public final class DpfNodes {
    /** Bytes of a node in {@link #seeds}. */
    static final int NODE_BYTES = Block.BYTES;

    /** Words of a node's seed, and its entries in {@link #controlMasks}. */
    static final int NODE_WORDS = 2;

    private static final int SPARE_MASKS = 8;

    /** sigma(seed) of each node, ready for AES; the seed's lowest bit is cleared, but for the root's. */
    byte[] seeds = new byte[0];
    /**
     * Twice -1 for the nodes whose control bit is 1, else twice 0: an entry for each word of the seed that it masks. Some
     * more entries at the end, without meaning, let vectors of them be loaded and stored.
     */
    byte[] controlMasks = new byte[0];

    private int level;
    /** The node in slot 0; the nodes asked for may begin one slot later, where they begin with a right child. */
    private long slotZero;

    private long first;
    private int count;

    /** Holds no nodes until something is expanded into it. */
    public DpfNodes() {}

    /** The level, 0 being the root's. */
    public int level() {
        return level;
    }

    /** The first node's index in its level. */
    public long first() {
        return first;
    }

    /** Number of nodes. */
    public int count() {
        return count;
    }

    /** Where that node of the level lies in the arrays. */
    int slot(long node) {
        return (int) (node - slotZero);
    }

    /** Makes room for nodes from {@code slotZero} on. What was held is lost. */
    void reset(int newLevel, long newSlotZero, int slots) {
        if (seeds.length < slots * NODE_BYTES) {
            // Both or none, should memory run out between the two.
            byte[] newMasks = new byte[slots * NODE_WORDS + SPARE_MASKS];
            seeds = new byte[slots * NODE_BYTES];
            controlMasks = newMasks;
        }
        level = newLevel;
        slotZero = newSlotZero;
        show(newSlotZero, slots);
    }

    /** Says which of the nodes held were asked for. */
    void show(long newFirst, int newCount) {
        first = newFirst;
        count = newCount;
    }

    /** Holds the key's root alone. */
    void resetToRoot(DpfKey key) {
        reset(0, 0, 1);
        key.rootSeed().sigma().write(seeds, 0);
        controlMasks[0] = (byte) -key.party();
        controlMasks[1] = controlMasks[0];
    }

    /** Holds a copy of some of another's nodes. */
    void copyFrom(DpfNodes other, long newFirst, int newCount) {
        reset(other.level, newFirst, newCount);
        int slot = other.slot(newFirst);
        put(0, other, slot, newCount);
    }

    /** Copies nodes of another between slots. */
    void put(int toSlot, DpfNodes other, int slot, int nodes) {
        System.arraycopy(other.seeds, slot * NODE_BYTES, seeds, toSlot * NODE_BYTES, nodes * NODE_BYTES);
        System.arraycopy(other.controlMasks, slot * NODE_WORDS, controlMasks, toSlot * NODE_WORDS, nodes * NODE_WORDS);
    }
}
