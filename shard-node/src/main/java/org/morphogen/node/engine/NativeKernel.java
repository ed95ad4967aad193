package org.morphogen.node.engine;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import org.morphogen.node.layout.SlicedLayout;

/** Calls the C kernel, a few tiles at a time. */
final class NativeKernel implements ScanKernel {
    /** Keys times bytes of one call, some tenth of a millisecond: a call holds up the garbage collector. */
    private static final long MAX_CALL_BYTES = 256L << 20;

    private static final int ALIGNMENT_BYTES = 64;

    private final MethodHandle scan;
    private final OctetSums sums = new OctetSums();
    private int rowBytes;
    private long[] sumWords = new long[0];
    private long[] matrices = new long[0];
    private byte[] bits = new byte[0];
    // Made anew only when the arrays are: a scan allocates nothing.
    private MemorySegment sumsSegment = MemorySegment.ofArray(sumWords);
    private MemorySegment matricesSegment = MemorySegment.ofArray(matrices);
    private MemorySegment bitsSegment = MemorySegment.ofArray(bits);

    NativeKernel(MethodHandle scan) {
        this.scan = scan;
    }

    @Override
    @SuppressWarnings("ReferenceEquality") // the very array is meant
    public void begin(int keys, int newRowBytes) {
        sums.reset(keys, newRowBytes);
        rowBytes = newRowBytes;
        if (sumWords != sums.words()) {
            sumWords = sums.words();
            sumsSegment = MemorySegment.ofArray(sumWords);
        }
        int words = sums.octets() * SlicedLayout.TILE_GROUPS;
        if (matrices.length < words) {
            matrices = new long[words];
            matricesSegment = MemorySegment.ofArray(matrices);
        }
    }

    @Override
    @SuppressWarnings("ReferenceEquality") // the very array is meant
    public void xorSelected(MemorySegment tiles, SelectionBits selection, int firstRow) {
        if (bits != selection.bits()) {
            bits = selection.bits();
            bitsSegment = MemorySegment.ofArray(bits);
        }
        check(tiles, selection, firstRow);
        long tileBytes = (long) SlicedLayout.TILE_ROWS * rowBytes;
        long callBytes = Math.max(1, MAX_CALL_BYTES / (tileBytes * sums.keys())) * tileBytes;
        for (long at = 0; at < tiles.byteSize(); at += callBytes) {
            long bytes = Math.min(callBytes, tiles.byteSize() - at);
            long bitsAt = (firstRow + at / rowBytes) / Byte.SIZE;
            call(tiles.asSlice(at, bytes), bytes, bitsAt, selection.strideBytes());
        }
    }

    /** What C cannot. */
    private void check(MemorySegment tiles, SelectionBits selection, int firstRow) {
        long rows = tiles.byteSize() / rowBytes;
        if (!tiles.isNative() || tiles.address() % ALIGNMENT_BYTES != 0 || tiles.byteSize() % (rowBytes * 128L) != 0) {
            throw new IllegalArgumentException("tiles: not aligned native memory in multiples of 128 rows");
        }
        if (selection.keys() < sums.keys()
                || firstRow < 0
                || firstRow % Byte.SIZE != 0
                || (firstRow + rows) / Byte.SIZE > selection.strideBytes()) {
            throw new IllegalArgumentException("selection: fewer keys than begun with, or too few rows");
        }
    }

    private void call(MemorySegment tiles, long bytes, long bitsAt, long strideBytes) {
        try {
            scan.invokeExact(
                    tiles,
                    bytes,
                    rowBytes,
                    bitsSegment,
                    bitsAt,
                    strideBytes,
                    sums.keys(),
                    matricesSegment,
                    sumsSegment);
        } catch (Throwable impossible) {
            throw new IllegalStateException("the native kernel failed", impossible);
        }
    }

    @Override
    public void addTo(Accumulators into) {
        sums.addTo(into);
    }
}
