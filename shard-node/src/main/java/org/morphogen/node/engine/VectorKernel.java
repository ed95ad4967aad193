package org.morphogen.node.engine;

import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.morphogen.node.engine.NativeMemory.ALL;

import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import java.util.Arrays;
import org.morphogen.node.layout.SlicedLayout;

/**
 * Sums are kept as slices. The first keys go in octets where the machine looks up 64 bytes at once: a byte of an octet's
 * sum holds one slice of eight keys. The few keys that remain go one by one: a byte of a key's sum is a slice whose
 * parity is taken at the end. Every column block (32 KiB) is read from memory once and stays in the first cache for all
 * keys; tables are made for at most 128 keys at a time (172 KiB), so that they stay in the second.
 */
final class VectorKernel implements ScanKernel {
    private static final int OCTET = OctetSums.OCTET;
    /** So many keys at most are faster one by one than as an octet. */
    private static final int SINGLE_KEYS = 4;

    private static final int CACHE_LINE_BYTES = 64;
    /** Read ahead of the kernels; a quarter of a second cache. */
    private static final int FETCH_BYTES = 256 << 10;

    private static final int MOST_OCTETS_AT_ONCE = 16;

    private final KeySweep keySweep;
    private final boolean lookups;
    private final OctetTables octetTables;
    private byte[] tables = new byte[0];
    private byte[] sums = new byte[0];
    private final long[] eight = new long[Long.BYTES];
    private int keys;
    private int rowBytes;
    private int octets;
    private int octetKeys;
    private long tilesEnd;
    private long fetchedEnd;
    /** Keeps the compiler from dropping {@link #fetch}. */
    @SuppressWarnings("UnusedVariable")
    private long fetched;

    VectorKernel(KeySweep keySweep, boolean lookups) {
        this.keySweep = keySweep;
        this.lookups = lookups;
        this.octetTables = new OctetTables();
    }

    @Override
    public void begin(int newKeys, int newRowBytes) {
        keys = newKeys;
        rowBytes = newRowBytes;
        int rest = keys % OCTET;
        octets = lookups ? keys / OCTET + (rest > SINGLE_KEYS ? 1 : 0) : 0;
        octetKeys = Math.min(keys, octets * OCTET);
        int sumBytes = Math.multiplyExact(octets + keys - octetKeys, groupBytes());
        if (sums.length < sumBytes) {
            sums = new byte[sumBytes];
        }
        Arrays.fill(sums, 0, sumBytes, (byte) 0);
        int tableBytes = Math.min(octets, MOST_OCTETS_AT_ONCE) * OctetTables.TILE_BYTES;
        if (tables.length < tableBytes) {
            tables = new byte[tableBytes];
        }
    }

    @Override
    public void xorSelected(MemorySegment tiles, SelectionBits selection, int firstRow) {
        check(tiles, selection, firstRow);
        try {
            tiles(tiles, selection, firstRow);
        } finally {
            Reference.reachabilityFence(tiles);
        }
    }

    private void tiles(MemorySegment tiles, SelectionBits selection, int firstRow) {
        long tileBytes = (long) SlicedLayout.TILE_ROWS * rowBytes;
        int bitsAt = firstRow / Byte.SIZE;
        tilesEnd = tiles.address() + tiles.byteSize();
        fetchedEnd = tiles.address();
        for (long at = 0; at < tiles.byteSize(); at += tileBytes) {
            int groups = (int) (Math.min(tileBytes, tiles.byteSize() - at) / groupBytes());
            tile(tiles.address() + at, groups, selection, bitsAt);
            bitsAt += groups;
        }
    }

    private void check(MemorySegment tiles, SelectionBits selection, int firstRow) {
        long rows = tiles.byteSize() / rowBytes;
        if (!tiles.isNative() || tiles.byteSize() % ((long) rowBytes * 128) != 0) {
            throw new IllegalArgumentException("tiles: not native memory in multiples of 128 rows");
        }
        if (selection.keys() < keys || firstRow < 0 || (firstRow + rows) / Byte.SIZE > selection.strideBytes()) {
            throw new IllegalArgumentException("selection: too small for the keys or the rows");
        }
    }

    private void tile(long at, int groups, SelectionBits selection, int bitsAt) {
        for (int first = 0; first < octets; first += MOST_OCTETS_AT_ONCE) {
            octets(at, groups, selection, bitsAt, first, Math.min(octets, first + MOST_OCTETS_AT_ONCE));
        }
        for (int column = 0; octetKeys < keys && column < rowBytes; column += SlicedLayout.BLOCK_ROW_BYTES) {
            singles(at + (long) column * OCTET * groups, column * OCTET, groups, selection, bitsAt);
        }
    }

    private void singles(long block, int blockSums, int groups, SelectionBits selection, int bitsAt) {
        int blockBytes = Math.min(groupBytes() - blockSums, SlicedLayout.BLOCK_ROW_BYTES * OCTET);
        int sumsAt = octets * groupBytes() + blockSums;
        for (int key = octetKeys; key < keys; key++) {
            int bits = selection.offset(key) + bitsAt;
            keySweep.sweep(block, blockBytes, groups, selection.bits(), bits, sums, sumsAt);
            sumsAt += groupBytes();
        }
    }

    private void octets(long at, int groups, SelectionBits selection, int bitsAt, int first, int end) {
        for (int octet = first; octet < end; octet++) {
            int tableAt = (octet - first) * OctetTables.TILE_BYTES;
            octetTables.make(selection, octet * OCTET, bitsAt, groups, tables, tableAt);
        }
        for (int column = 0; column < rowBytes; column += SlicedLayout.BLOCK_ROW_BYTES) {
            long block = at + (long) column * OCTET * groups;
            fetch(block, Math.min(rowBytes - column, SlicedLayout.BLOCK_ROW_BYTES) * OCTET * groups);
            int tableAt = 0;
            int octet = first;
            for (; octet + 2 <= end; octet += 2) {
                pair(block, groups, column * OCTET, octet, tableAt);
                tableAt += 2 * OctetTables.TILE_BYTES;
            }
            if (octet < end) {
                odd(block, groups, column * OCTET, octet, tableAt);
            }
        }
    }

    private void pair(long block, int groups, int blockSums, int octet, int tableAt) {
        int blockBytes = Math.min(groupBytes() - blockSums, SlicedLayout.BLOCK_ROW_BYTES * OCTET);
        int sumsAt = octet * groupBytes() + blockSums;
        int nextTable = tableAt + OctetTables.TILE_BYTES;
        for (int half = 0; half < blockBytes; half += 128) {
            int sum = sumsAt + half;
            OctetSweep.pair(
                    block + half, blockBytes, groups, tables, tableAt, nextTable, sums, sum, sum + groupBytes());
        }
    }

    private void odd(long block, int groups, int blockSums, int octet, int tableAt) {
        int blockBytes = Math.min(groupBytes() - blockSums, SlicedLayout.BLOCK_ROW_BYTES * OCTET);
        int sumsAt = octet * groupBytes() + blockSums;
        for (int half = 0; half < blockBytes; half += 128) {
            OctetSweep.one(block + half, blockBytes, groups, tables, tableAt, sums, sumsAt + half);
        }
    }

    /**
     * Reads the column block and what follows it in order, so that it comes from memory at full speed; the kernels, that
     * read halves of it, would be slower.
     */
    private void fetch(long block, int bytes) {
        if (block + bytes <= fetchedEnd) {
            return;
        }
        long end = Math.min(block + FETCH_BYTES, tilesEnd);
        fetched ^= lines(block, (int) (end - block));
        fetchedEnd = end;
    }

    private static long lines(long from, int bytes) {
        long sum = 0;
        for (int offset = 0; offset < bytes; offset += CACHE_LINE_BYTES) {
            sum ^= ALL.get(JAVA_LONG, from + offset);
        }
        return sum;
    }

    @Override
    public void addTo(Accumulators into) {
        long[] rows = into.words();
        for (int octet = 0; octet < octets; octet++) {
            addOctet(octet, into);
        }
        int sumsAt = octets * groupBytes();
        for (int key = octetKeys; key < keys; key++) {
            for (int i = 0; i < rowBytes; i++) {
                long parity = Slices.parities(Slices.at(sums, sumsAt));
                rows[into.offset(key) + i / Long.BYTES] ^= parity << (i % Long.BYTES * Byte.SIZE);
                sumsAt += OCTET;
            }
        }
    }

    private void addOctet(int octet, Accumulators into) {
        int first = octet * OCTET;
        int count = Math.min(OCTET, keys - first);
        for (int at = 0; at < rowBytes; at += Long.BYTES) {
            for (int i = 0; i < Long.BYTES; i++) {
                eight[i] = Slices.at(sums, octet * groupBytes() + (at + i) * OCTET);
            }
            OctetSums.spread(eight, into, first, count, at / Long.BYTES);
        }
    }

    /** Bytes of a group, and of a sum. */
    private int groupBytes() {
        return rowBytes * SlicedLayout.GROUP_ROWS;
    }
}
