package org.morphogen.coordinator.building.cuckoo;

/**
 * The keys that look for a row in one round, in a fixed order, and what each has chosen. Takes {@value #BYTES} bytes.
 * In a round, each entry is written by one thread at a time.
 */
final class Homeless {
    /** Most keys of a round. */
    static final int MOST = 1 << 16;

    /** Heap that one takes. */
    static final long BYTES = MOST * (3L * Integer.BYTES + 4L);

    private static final int NO_ROW = -1;

    private final int[] keys = new int[MOST];
    private final int[] rows = new int[MOST];
    private final int[] displaced = new int[MOST];
    private final byte[] ways = new byte[MOST];
    private final byte[] labels = new byte[MOST];
    private final byte[] nextLabels = new byte[MOST];
    private final boolean[] suspects = new boolean[MOST];
    private int size;
    private int firstNew;

    /** Takes up the keys from {@code next} on, as many as there is room for; gives the first that found none. */
    int fill(int next, int keyCount) {
        firstNew = size;
        int taken = Math.min(MOST - size, keyCount - next);
        for (int i = 0; i < taken; i++) {
            keys[size + i] = next + i;
        }
        size += taken;
        return next + taken;
    }

    int size() {
        return size;
    }

    /** The first entry whose key was never here before; all later ones are like it. */
    int firstNew() {
        return firstNew;
    }

    int key(int entry) {
        return keys[entry];
    }

    /** States the row that an entry's key wants, its label as it stands, and what it becomes. */
    void choose(int entry, int way, int row, int label, int nextLabel) {
        rows[entry] = row;
        ways[entry] = (byte) way;
        labels[entry] = (byte) label;
        nextLabels[entry] = (byte) nextLabel;
    }

    int row(int entry) {
        return rows[entry];
    }

    int way(int entry) {
        return ways[entry];
    }

    int label(int entry) {
        return labels[entry];
    }

    int nextLabel(int entry) {
        return nextLabels[entry];
    }

    /** States whether a new key shares two candidates with a key that stands in one of them. */
    void suspect(int entry, boolean is) {
        suspects[entry] = is;
    }

    boolean isSuspect(int entry) {
        return suspects[entry];
    }

    /** Takes the key out: it gets no row. */
    void drop(int entry) {
        rows[entry] = NO_ROW;
        nextLabels[entry] = 0;
        displaced[entry] = CuckooTable.EMPTY;
    }

    /** States who looks on in this entry's place: the key that gave way, the key itself, or nobody. */
    void displaced(int entry, int key) {
        displaced[entry] = key;
    }

    /** Whether another key of this round took the row that the entry's key wanted. */
    boolean hasLost(int entry) {
        return displaced[entry] == keys[entry];
    }

    /** Keeps those that look on, in their order. */
    void endRound() {
        int kept = 0;
        for (int i = 0; i < size; i++) {
            if (displaced[i] != CuckooTable.EMPTY) {
                keys[kept++] = displaced[i];
            }
        }
        size = kept;
    }
}
