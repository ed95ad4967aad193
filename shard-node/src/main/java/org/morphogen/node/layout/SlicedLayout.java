package org.morphogen.node.layout;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * Where the bits of a chunk's rows lie in memory. All engines read this one layout; files and answers hold plain rows.
 *
 * <p>Eight consecutive rows are a <i>group</i>. Bit c of the rows of a group (bit (c mod 8) of byte c / 8) is one byte,
 * a <i>slice</i>, whose bit r belongs to the group's row r. The slices of 32 row bytes make a column block of 256 bytes;
 * if the row width is an odd multiple of 16 the last column block is one of 128. 128 groups are a <i>tile</i>; the last
 * tile of a chunk may have fewer. Within a tile the column blocks stand one behind the other, and each holds the slices
 * of all groups, group after group:
 *
 * <pre>
 * tile 0: block 0: group 0 (256 bytes), group 1, ... group 127
 *         block 1: group 0, ...
 * tile 1: ...
 * </pre>
 *
 * So a chunk takes as many bytes as its plain rows, and the selection bits of a group are one byte.
 *
 * @param rowBytes 16 to 4096, a multiple of 16
 * @param rows of the chunk, a multiple of 128
 */
public record SlicedLayout(int rowBytes, int rows) {
    /** Rows of a group. */
    public static final int GROUP_ROWS = 8;
    /** Groups of a whole tile. */
    public static final int TILE_GROUPS = 128;
    /** Rows of a whole tile. */
    public static final int TILE_ROWS = GROUP_ROWS * TILE_GROUPS;
    /** Row bytes of a whole column block. */
    public static final int BLOCK_ROW_BYTES = 32;

    private static final int LEAST_ROWS = 128;
    private static final int MOST_ROW_BYTES = 4096;
    private static final long BYTE = 0xFFL;
    private static final ValueLayout.OfLong WORD = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    public SlicedLayout {
        if (rowBytes < 16 || rowBytes > MOST_ROW_BYTES || rowBytes % 16 != 0) {
            throw new IllegalArgumentException("rowBytes: " + rowBytes + " is not a multiple of 16 from 16 to 4096");
        }
        if (rows < LEAST_ROWS || rows % LEAST_ROWS != 0) {
            throw new IllegalArgumentException("rows: " + rows + " is not a multiple of 128");
        }
    }

    /** Bytes of the chunk. */
    public long bytes() {
        return (long) rows * rowBytes;
    }

    /** Bytes of a whole tile. */
    public int tileBytes() {
        return TILE_ROWS * rowBytes;
    }

    /** Where the eight slices of one byte of the rows of a group begin. */
    public long offset(int row, int rowByte) {
        int tile = row / TILE_ROWS;
        int group = row % TILE_ROWS / GROUP_ROWS;
        int groups = Math.min(TILE_GROUPS, (rows - tile * TILE_ROWS) / GROUP_ROWS);
        int block = rowByte / BLOCK_ROW_BYTES;
        int blockRowBytes = Math.min(BLOCK_ROW_BYTES, rowBytes - block * BLOCK_ROW_BYTES);
        return (long) tile * tileBytes()
                + (long) block * BLOCK_ROW_BYTES * GROUP_ROWS * groups
                + (long) group * blockRowBytes * GROUP_ROWS
                + (long) rowByte % BLOCK_ROW_BYTES * Byte.SIZE;
    }

    /**
     * Puts plain rows into the chunk.
     *
     * @param plain whole groups, row after row
     * @param firstRow of the chunk that {@code plain} begins with, a multiple of 8
     */
    public void write(MemorySegment plain, MemorySegment chunk, int firstRow) {
        int count = (int) (plain.byteSize() / rowBytes);
        for (int row = 0; row < count; row += GROUP_ROWS) {
            for (int at = 0; at < rowBytes; at += Long.BYTES) {
                slice(plain, (long) row * rowBytes + at, chunk, offset(firstRow + row, at));
            }
        }
    }

    /** Eight bytes of the eight rows of a group. */
    private void slice(MemorySegment plain, long from, MemorySegment chunk, long to) {
        long row0 = plain.get(WORD, from);
        long row1 = plain.get(WORD, from + rowBytes);
        long row2 = plain.get(WORD, from + 2L * rowBytes);
        long row3 = plain.get(WORD, from + 3L * rowBytes);
        long row4 = plain.get(WORD, from + 4L * rowBytes);
        long row5 = plain.get(WORD, from + 5L * rowBytes);
        long row6 = plain.get(WORD, from + 6L * rowBytes);
        long row7 = plain.get(WORD, from + 7L * rowBytes);
        for (int at = 0; at < Long.BYTES; at++) {
            int shift = at * Byte.SIZE;
            long square = (row0 >>> shift & BYTE)
                    | (row1 >>> shift & BYTE) << 8
                    | (row2 >>> shift & BYTE) << 16
                    | (row3 >>> shift & BYTE) << 24
                    | (row4 >>> shift & BYTE) << 32
                    | (row5 >>> shift & BYTE) << 40
                    | (row6 >>> shift & BYTE) << 48
                    | (row7 >>> shift & BYTE) << 56;
            chunk.set(WORD, to + (long) at * Long.BYTES, BitSquare.transpose(square));
        }
    }

    /** Takes one plain row out of the chunk. */
    public void read(MemorySegment chunk, int row, byte[] into, int intoOffset) {
        int shift = row % GROUP_ROWS * Byte.SIZE;
        for (int at = 0; at < rowBytes; at++) {
            into[intoOffset + at] = (byte) (BitSquare.transpose(chunk.get(WORD, offset(row, at))) >>> shift);
        }
    }

    /** Takes some plain rows out of the chunk, row after row. */
    public void read(MemorySegment chunk, int firstRow, int count, byte[] into, int intoOffset) {
        int row = firstRow;
        while (row < firstRow + count) {
            int at = intoOffset + (row - firstRow) * rowBytes;
            if (row % GROUP_ROWS == 0 && row + GROUP_ROWS <= firstRow + count) {
                readGroup(chunk, row, into, at);
                row += GROUP_ROWS;
            } else {
                read(chunk, row, into, at);
                row++;
            }
        }
    }

    private void readGroup(MemorySegment chunk, int firstRow, byte[] into, int intoOffset) {
        for (int at = 0; at < rowBytes; at++) {
            long square = BitSquare.transpose(chunk.get(WORD, offset(firstRow, at)));
            for (int row = 0; row < GROUP_ROWS; row++) {
                into[intoOffset + row * rowBytes + at] = (byte) (square >>> (row * Byte.SIZE));
            }
        }
    }

    /** XORs {@code diff}, a plain row, into a row of the chunk. */
    public void xor(MemorySegment chunk, int row, byte[] diff, int diffOffset) {
        int shift = row % GROUP_ROWS * Byte.SIZE;
        for (int at = 0; at < rowBytes; at++) {
            long offset = offset(row, at);
            long square = BitSquare.transpose((diff[diffOffset + at] & BYTE) << shift);
            chunk.set(WORD, offset, chunk.get(WORD, offset) ^ square);
        }
    }
}
