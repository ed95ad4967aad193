package org.morphogen.node.engine;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.morphogen.node.layout.BitSquare;
import org.morphogen.node.layout.SlicedLayout;

/**
 * A key's sum is kept as slices: every byte of a group is ANDed with the group's selection byte and XORed in. The
 * parity of a slice, taken at the end, is the XOR of the selected rows' bits.
 */
final class ScalarKernel implements ScanKernel {
    private static final ValueLayout.OfLong WORD = ValueLayout.JAVA_LONG.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final long EACH_BYTE = 0x0101010101010101L;

    private int keys;
    private int rowBytes;
    /** For every key one long a row byte: eight slices. */
    private long[] sums = new long[0];

    @Override
    public void begin(int newKeys, int newRowBytes) {
        keys = newKeys;
        rowBytes = newRowBytes;
        int words = Math.multiplyExact(newKeys, newRowBytes);
        if (sums.length < words) {
            sums = new long[words];
        }
        Arrays.fill(sums, 0, words, 0);
    }

    @Override
    public void xorSelected(MemorySegment tiles, SelectionBits selection, int firstRow) {
        long tileBytes = (long) SlicedLayout.TILE_ROWS * rowBytes;
        for (int key = 0; key < keys; key++) {
            int bitsAt = selection.offset(key) + firstRow / Byte.SIZE;
            for (long at = 0; at < tiles.byteSize(); at += tileBytes) {
                int groups = (int) (Math.min(tileBytes, tiles.byteSize() - at) / rowBytes / SlicedLayout.GROUP_ROWS);
                tile(tiles, at, groups, selection.bits(), bitsAt, key * rowBytes);
                bitsAt += groups;
            }
        }
    }

    private void tile(MemorySegment tiles, long tileAt, int groups, byte[] bits, int bitsAt, int sumAt) {
        long at = tileAt;
        for (int column = 0; column < rowBytes; column += SlicedLayout.BLOCK_ROW_BYTES) {
            int words = Math.min(SlicedLayout.BLOCK_ROW_BYTES, rowBytes - column);
            for (int group = 0; group < groups; group++) {
                long mask = (bits[bitsAt + group] & 0xFFL) * EACH_BYTE;
                for (int word = 0; word < words; word++) {
                    sums[sumAt + column + word] ^= tiles.get(WORD, at) & mask;
                    at += Long.BYTES;
                }
            }
        }
    }

    @Override
    public void addTo(Accumulators into) {
        long[] rows = into.words();
        for (int i = 0; i < keys * rowBytes; i++) {
            rows[i / Long.BYTES] ^= parities(sums[i]) << (i % Long.BYTES * Byte.SIZE);
        }
    }

    /** The parity of each of eight slices, as one byte. */
    private static long parities(long slices) {
        long square = BitSquare.transpose(slices);
        square ^= square >>> 32;
        square ^= square >>> 16;
        return (square ^ (square >>> 8)) & 0xFF;
    }
}
