package org.morphogen.node.engine;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Plain Java, the reference that other engines are compared with. Every selection bit becomes a mask of all ones or all
 * zeros; rows are ANDed with it and XORed in.
 */
public final class ScalarEngine implements ScanEngine {
    private static final VarHandle SELECTION_WORD =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong WORD = ValueLayout.JAVA_LONG;
    private static final int ROWS_PER_WORD = Long.SIZE;
    private static final int NARROW_ROW_BYTES = 64;
    private static final int BLOCK_BYTES = 16;

    @Override
    public String name() {
        return "scalar";
    }

    @Override
    public void xorSelected(
            MemorySegment tile, int rowBytes, SelectionBits selection, int firstRow, Accumulators into) {
        int words = (int) (tile.byteSize() / rowBytes / ROWS_PER_WORD);
        byte[] bits = selection.bits();
        long[] rows = into.words();
        for (int key = 0; key < selection.keys(); key++) {
            int at = selection.offset(key) + firstRow / Byte.SIZE;
            int row = into.offset(key);
            for (int w = 0; w < words; w++) {
                long word = (long) SELECTION_WORD.get(bits, at + w * Long.BYTES);
                long base = (long) w * ROWS_PER_WORD * rowBytes;
                if (rowBytes <= NARROW_ROW_BYTES) {
                    narrow(tile, base, rowBytes, word, rows, row);
                } else {
                    wide(tile, base, rowBytes, word, rows, row);
                }
            }
        }
    }

    /** 64 rows, 16 bytes of each at a time, so that the accumulators stay in registers. */
    private static void narrow(MemorySegment tile, long base, int rowBytes, long word, long[] rows, int row) {
        for (int column = 0; column < rowBytes; column += BLOCK_BYTES) {
            int at = row + column / Long.BYTES;
            long low = rows[at];
            long high = rows[at + 1];
            long from = base + column;
            for (int r = 0; r < ROWS_PER_WORD; r++) {
                long mask = -((word >>> r) & 1);
                low ^= tile.get(WORD, from) & mask;
                high ^= tile.get(WORD, from + Long.BYTES) & mask;
                from += rowBytes;
            }
            rows[at] = low;
            rows[at + 1] = high;
        }
    }

    /** 64 rows, two whole rows at a time: half as many passes over the accumulator. */
    private static void wide(MemorySegment tile, long base, int rowBytes, long word, long[] rows, int row) {
        int columns = rowBytes / Long.BYTES;
        for (int r = 0; r < ROWS_PER_WORD; r += 2) {
            long evenMask = -((word >>> r) & 1);
            long oddMask = -((word >>> (r + 1)) & 1);
            long even = base + (long) r * rowBytes;
            long odd = even + rowBytes;
            for (int c = 0; c < columns; c++) {
                rows[row + c] ^= (tile.get(WORD, even + (long) c * Long.BYTES) & evenMask)
                        ^ (tile.get(WORD, odd + (long) c * Long.BYTES) & oddMask);
            }
        }
    }
}
