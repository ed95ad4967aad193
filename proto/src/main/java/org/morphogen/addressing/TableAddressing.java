package org.morphogen.addressing;

/**
 * Where a key may stand in a table, and the tag by which its row is recognised. Immutable and thread-safe; the methods
 * allocate nothing and take a time that depends on the key's length alone.
 */
public final class TableAddressing {
    /** The most rows that a way may have. */
    public static final long MAX_ROWS_PER_WAY = 1L << 40;

    private final TableSeeds seeds;
    private final long rowsPerWay;

    /** The addressing of a table with these seeds and 1 to 2^40 rows in each way. */
    public TableAddressing(TableSeeds seeds, long rowsPerWay) {
        if (rowsPerWay < 1 || rowsPerWay > MAX_ROWS_PER_WAY) {
            throw new IllegalArgumentException("rows per way: must be 1 to 2^40, is " + rowsPerWay);
        }
        this.seeds = seeds;
        this.rowsPerWay = rowsPerWay;
    }

    /** Number of ways. */
    public int ways() {
        return seeds.ways().size();
    }

    /** Rows of each way. */
    public long rowsPerWay() {
        return rowsPerWay;
    }

    /**
     * The only row of this way in which the key may stand: the upper half of the 128-bit product of the key's hash,
     * unsigned, and the number of rows.
     *
     * @param way 0 to ways - 1
     */
    public long row(int way, byte[] key) {
        return Math.unsignedMultiplyHigh(SipHash.hash(seeds.ways().get(way), key), rowsPerWay);
    }

    /** The tag of the key's row; never 0, which marks an empty row: a hash of 0 becomes 1. */
    public long tag(byte[] key) {
        return tagOf(SipHash.hash(seeds.tag(), key));
    }

    static long tagOf(long hash) {
        // 1 where the hash is zero, else 0, without a branch.
        return hash | ((hash | -hash) >>> 63 ^ 1);
    }
}
