package org.morphogen.dpf;

/**
 * What the keys of one way select from: its rows, 128 of them to a leaf of the tree.
 *
 * @param rows rows of the way, 1 to 2^40
 */
public record DpfDomain(long rows) {
    /** Rows whose selection bits lie in one leaf. */
    public static final int ROWS_PER_LEAF = 128;
    /** Bytes of a leaf. */
    public static final int LEAF_BYTES = 16;
    /** The most rows. */
    public static final long MAX_ROWS = 1L << 40;
    /** Depth of the tree over the most rows. */
    public static final int MAX_DEPTH = 33;

    static final int LOG_ROWS_PER_LEAF = 7;

    /** Checks the number of rows. */
    public DpfDomain {
        if (rows < 1 || rows > MAX_ROWS) {
            throw new IllegalArgumentException("rows: must be 1 to 2^40, are " + rows);
        }
    }

    /** Levels below the root: ceil(log2 rows) - 7, and 0 for up to 128 rows. */
    public int depth() {
        int ceilLog2 = Long.SIZE - Long.numberOfLeadingZeros(rows - 1);
        return Math.max(0, ceilLog2 - LOG_ROWS_PER_LEAF);
    }

    /** Leaves of the tree: 2^depth. */
    public long leaves() {
        return 1L << depth();
    }

    /** Leaves that hold selection bits of rows, from leaf 0 on; the rest hold noise. */
    public long usedLeaves() {
        return (rows + ROWS_PER_LEAF - 1) / ROWS_PER_LEAF;
    }
}
