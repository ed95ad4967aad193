package org.morphogen.node.engine;

import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.XOR;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;
import org.morphogen.node.layout.SlicedLayout;

/**
 * Makes the tables of eight keys over a tile. A table serves six rows: entry i is the XOR, over the set bits j of i, of
 * the byte that holds the eight keys' selection bits of row j. Three groups (24 rows) have four tables, one for the
 * lower six rows of each and one for the upper two rows of the three. The last three groups of a tile may overlap the
 * ones before; groups that were served already have selection bits of zero there. Not thread-safe.
 */
final class OctetTables {
    /** Bytes of the tables of three groups. */
    static final int TRIPLE_BYTES = 4 * 64;
    /** Bytes of the tables of a whole tile. */
    static final int TILE_BYTES = (SlicedLayout.TILE_GROUPS + 2) / 3 * TRIPLE_BYTES;

    private static final int OCTET = 8;
    private static final VectorSpecies<Long> WIDTH = LongVector.SPECIES_512;
    private static final VectorSpecies<Byte> BYTES = ByteVector.SPECIES_512;
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VectorShuffle<Byte> TURN = VectorShuffle.fromOp(BYTES, i -> i % 8 * 8 + i / 8);
    private static final VectorShuffle<Byte> SPREAD = VectorShuffle.fromOp(BYTES, i -> i / 8);
    private static final VectorShuffle<Byte> BYTE_0 = VectorShuffle.fromOp(BYTES, i -> i / 8 * 8);
    private static final VectorShuffle<Byte> BYTE_1 = VectorShuffle.fromOp(BYTES, i -> i / 8 * 8 + 1);
    private static final VectorShuffle<Byte> BYTE_2 = VectorShuffle.fromOp(BYTES, i -> i / 8 * 8 + 2);
    /** Of eight entries those whose number has bit 0, 1 or 2. */
    private static final long ODD = 0xFF00FF00FF00FF00L;

    private static final long SECOND_BIT = 0xFFFF0000FFFF0000L;
    private static final long THIRD_BIT = 0xFFFFFFFF00000000L;

    private final long[] squares = new long[SlicedLayout.TILE_GROUPS];
    private final long[] sixes = new long[(TILE_BYTES / 64 + 7) / 8 * 8];
    private final long[] lowEntries = new long[sixes.length];
    private final long[] highEntries = new long[sixes.length];

    /**
     * Makes the tables of keys {@code firstKey} to {@code firstKey + 7}; keys beyond the last count as selecting nothing.
     *
     * @param bitsAt of a key's bits, the byte of the tile's first group
     */
    void make(SelectionBits selection, int firstKey, int bitsAt, int groups, byte[] tables, int at) {
        gather(selection, firstKey, bitsAt, groups);
        turn(squares, groups);
        int count = six(groups);
        entries(sixes, lowEntries, highEntries, count);
        fill(lowEntries, highEntries, count, tables, at);
    }

    private void gather(SelectionBits selection, int firstKey, int bitsAt, int groups) {
        int present = Math.min(OCTET, selection.keys() - firstKey);
        if (present < OCTET) {
            Arrays.fill(squares, 0);
        }
        for (int key = 0; key < present; key++) {
            int from = selection.offset(firstKey + key) + bitsAt;
            for (int group = 0; group < groups; group += OCTET) {
                squares[group + key] = (long) LONGS.get(selection.bits(), from + group);
            }
        }
    }

    /** From eight groups' bytes a key to, for each group, a byte a row with a bit a key. */
    private static void turn(long[] squares, int groups) {
        for (int group = 0; group < groups; group += OCTET) {
            LongVector square = LongVector.fromArray(WIDTH, squares, group)
                    .reinterpretAsBytes()
                    .rearrange(TURN)
                    .reinterpretAsLongs();
            square = swap(square, 7, 0x00AA00AA00AA00AAL);
            square = swap(square, 14, 0x0000CCCC0000CCCCL);
            swap(square, 28, 0x00000000F0F0F0F0L).intoArray(squares, group);
        }
    }

    /** A step of {@link org.morphogen.node.layout.BitSquare#transpose}. */
    private static LongVector swap(LongVector square, int distance, long mask) {
        LongVector differing =
                square.lanewise(XOR, square.lanewise(LSHR, distance)).and(mask);
        return square.lanewise(XOR, differing).lanewise(XOR, differing.lanewise(LSHL, distance));
    }

    /** A long with six row bytes for each table, in the tables' order. */
    private int six(int groups) {
        int count = 0;
        int group = 0;
        for (; group + 3 <= groups; group += 3) {
            count = six(count, squares[group], squares[group + 1], squares[group + 2]);
        }
        return switch (groups - group) {
            case 1 -> six(count, 0, 0, squares[group]);
            case 2 -> six(count, 0, squares[group], squares[group + 1]);
            default -> count;
        };
    }

    private int six(int at, long x, long y, long z) {
        sixes[at] = x;
        sixes[at + 1] = y;
        sixes[at + 2] = z;
        sixes[at + 3] = x >>> 48 | y >>> 48 << 16 | z >>> 48 << 32;
        return at + 4;
    }

    /** The XORs of rows 0 to 2 and of rows 3 to 5: eight bytes each. */
    private static void entries(long[] sixes, long[] low, long[] high, int count) {
        for (int i = 0; i < count; i += WIDTH.length()) {
            LongVector rows = LongVector.fromArray(WIDTH, sixes, i);
            eight(rows).intoArray(low, i);
            eight(rows.lanewise(LSHR, 24)).intoArray(high, i);
        }
    }

    private static LongVector eight(LongVector rows) {
        ByteVector bytes = rows.reinterpretAsBytes();
        return bytes.rearrange(BYTE_0)
                .reinterpretAsLongs()
                .and(ODD)
                .lanewise(XOR, bytes.rearrange(BYTE_1).reinterpretAsLongs().and(SECOND_BIT))
                .lanewise(XOR, bytes.rearrange(BYTE_2).reinterpretAsLongs().and(THIRD_BIT));
    }

    private static void fill(long[] low, long[] high, int count, byte[] tables, int at) {
        for (int i = 0; i < count; i++) {
            LongVector.broadcast(WIDTH, low[i])
                    .reinterpretAsBytes()
                    .lanewise(
                            XOR,
                            LongVector.broadcast(WIDTH, high[i])
                                    .reinterpretAsBytes()
                                    .rearrange(SPREAD))
                    .intoArray(tables, at + i * 64);
        }
    }
}
