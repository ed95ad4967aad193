package org.morphogen.snapshot;

import org.morphogen.dpf.DpfDomain;

/**
 * How the rows of a way are cut into chunks. All chunks of a way have {@code chunkRows} rows but the last, which has
 * what remains; so a chunk is the leaves below one node of the DPF tree, the last one possibly cut short.
 *
 * @param rowBytes 16 to 4096, a multiple of 16
 * @param rowsPerWay at least 128, a multiple of 128, so that no selection bit of a leaf goes unused
 * @param chunkRows a power of two, at least 128; a whole chunk has at most 1 GiB
 */
public record ChunkGeometry(int rowBytes, long rowsPerWay, int chunkRows) {
    /** Most bytes of a chunk. */
    public static final long MAX_CHUNK_BYTES = 1L << 30;

    private static final int MAX_ROW_BYTES = 4096;
    private static final long MAX_ROWS_PER_WAY = 1L << 40;

    public ChunkGeometry {
        if (rowBytes < 16 || rowBytes > MAX_ROW_BYTES || rowBytes % 16 != 0) {
            throw new IllegalArgumentException("rowBytes: " + rowBytes + " is not a multiple of 16 from 16 to 4096");
        }
        if (rowsPerWay < DpfDomain.ROWS_PER_LEAF
                || rowsPerWay > MAX_ROWS_PER_WAY
                || rowsPerWay % DpfDomain.ROWS_PER_LEAF != 0) {
            throw new IllegalArgumentException("rowsPerWay: " + rowsPerWay + " is not a multiple of 128 up to 2^40");
        }
        if (chunkRows < DpfDomain.ROWS_PER_LEAF
                || Integer.bitCount(chunkRows) != 1
                || chunkRows > largestChunkRows(rowBytes)) {
            throw new IllegalArgumentException("chunkRows: " + chunkRows + " is not a power of two from 128 to "
                    + largestChunkRows(rowBytes) + " for rows of " + rowBytes + " bytes");
        }
        if ((rowsPerWay - 1) / chunkRows >= Integer.MAX_VALUE) {
            throw new IllegalArgumentException("chunkRows: " + chunkRows + " makes too many chunks");
        }
    }

    /** Rows of the largest chunk for that row width: 2^30 / rowBytes, rounded down to a power of two. */
    public static int largestChunkRows(int rowBytes) {
        return Integer.highestOneBit((int) (MAX_CHUNK_BYTES / rowBytes));
    }

    /** Chunks of each way. */
    public int chunksPerWay() {
        return (int) ((rowsPerWay - 1) / chunkRows) + 1;
    }

    /** First row of a chunk. */
    public long firstRow(int index) {
        return (long) checked(index) * chunkRows;
    }

    /** Rows of a chunk. */
    public int rows(int index) {
        return (int) Math.min(chunkRows, rowsPerWay - firstRow(index));
    }

    /** Bytes of a chunk. */
    public long bytes(int index) {
        return (long) rows(index) * rowBytes;
    }

    /** The rows of a way as the DPF sees them. */
    public DpfDomain domain() {
        return new DpfDomain(rowsPerWay);
    }

    /** Level of the DPF tree at which node i is the root of chunk i's leaves. */
    public int chunkLevel() {
        int leafLevels = Integer.numberOfTrailingZeros(chunkRows / DpfDomain.ROWS_PER_LEAF);
        return Math.max(0, domain().depth() - leafLevels);
    }

    private int checked(int index) {
        if (index < 0 || index >= chunksPerWay()) {
            throw new IllegalArgumentException("index: chunk " + index + " of " + chunksPerWay());
        }
        return index;
    }
}
