package org.morphogen.coordinator.building.cuckoo;

/**
 * The one row of each way in which each key may stand. Keys are numbered from 0. Takes 12 bytes a key. Not thread-safe
 * while it is filled.
 */
public final class CandidateRows {
    /** Ways of a cuckoo table. */
    public static final int WAYS = 3;

    /** Most keys, and most rows of a way: what a Java array holds. */
    public static final int MAX = Integer.MAX_VALUE - 1024;

    private final int[][] rows;
    private final int keys;
    private final int rowsPerWay;

    /**
     * All candidates are row 0 until set.
     *
     * @param keys 0 to {@link #MAX}
     * @param rowsPerWay 1 to {@link #MAX}
     */
    public CandidateRows(int keys, int rowsPerWay) {
        if (keys < 0 || keys > MAX || rowsPerWay < 1 || rowsPerWay > MAX) {
            throw new IllegalArgumentException("keys or rows per way: out of range");
        }
        this.rows = new int[WAYS][keys];
        this.keys = keys;
        this.rowsPerWay = rowsPerWay;
    }

    /** States in which row of a way a key may stand. */
    public void set(int way, int key, long row) {
        rows[way][key] = Math.toIntExact(row);
    }

    /** The row of that way in which the key may stand. */
    public int row(int way, int key) {
        return rows[way][key];
    }

    /** Number of keys. */
    public int keys() {
        return keys;
    }

    /** Rows of each way. */
    public int rowsPerWay() {
        return rowsPerWay;
    }

    /** Whether two keys share all their candidates, as the same key given twice does. */
    boolean same(int one, int other) {
        return rows[0][one] == rows[0][other] && rows[1][one] == rows[1][other] && rows[2][one] == rows[2][other];
    }

    int[] ofWay(int way) {
        return rows[way];
    }
}
