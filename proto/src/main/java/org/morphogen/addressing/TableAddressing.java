package org.morphogen.addressing;

/**
 * Where a key may stand in a table, and the tag by which its row is recognised.
 *
 * <p>The key's hash gives its row in way 0; its tag gives how far further on, round the end of the way, it stands in each
 * other way. So whoever sees a row's place and tag knows where else its key may stand, without the key: a matrix holds
 * all that is needed to make room in it. (Cuckoo filters do the same with fingerprints: Fan et al., "Cuckoo Filter:
 * Practically Better Than Bloom", 2014. Here row and tag together are as good as three hashes of the key, since both
 * offsets are independent of the first row.)
 *
 * <p>Immutable and thread-safe; the methods take a time that depends on the key's length alone.
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
     * The only row of this way in which the key may stand.
     *
     * @param way 0 to ways - 1
     */
    public long row(int way, byte[] key) {
        return plus(firstRow(key), offset(way, tag(key)));
    }

    /** The key's only row in each way. */
    public long[] rows(byte[] key) {
        long firstRow = firstRow(key);
        long tag = tag(key);
        long[] rows = new long[ways()];
        for (int way = 0; way < rows.length; way++) {
            rows[way] = plus(firstRow, offset(way, tag));
        }
        return rows;
    }

    /** Where the key that has this tag, and may stand in this row of this way, may stand in another way. */
    public long otherRow(int way, long row, long tag, int otherWay) {
        long firstRow = plus(row, rowsPerWay - offset(way, tag));
        return plus(firstRow, offset(otherWay, tag));
    }

    private long firstRow(byte[] key) {
        return reduce(SipHash.hash(seeds.ways().getFirst(), key));
    }

    private long offset(int way, long tag) {
        return way == 0 ? 0 : reduce(SipHash.hash(seeds.ways().get(way), tag));
    }

    private long reduce(long hash) {
        return Math.unsignedMultiplyHigh(hash, rowsPerWay);
    }

    /** Their sum round the end of the way, without a branch; neither is more than the rows. */
    private long plus(long row, long offset) {
        long past = row + offset - rowsPerWay;
        return past + (rowsPerWay & past >> 63);
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
