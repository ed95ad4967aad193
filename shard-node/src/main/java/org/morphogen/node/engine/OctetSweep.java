package org.morphogen.node.engine;

import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.XOR;
import static org.morphogen.node.engine.NativeMemory.ALL;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Adds a column block for octets of keys with the tables of {@link OctetTables}: one byte of a sum holds the same slice
 * of eight keys. Three groups at a time: the low six bits of their slices are an index each, the three times two bits
 * above them the fourth. {@code selectFrom} takes the low six bits of an index and is one vpermb.
 *
 * <p>Which tables are read does not depend on what they hold; an index is public data.
 */
final class OctetSweep {
    private static final VectorSpecies<Byte> WIDTH = ByteVector.SPECIES_512;
    /** Tells the compiler the sums' exact class, without which it may keep them as objects. */
    private static final Class<? extends ByteVector> EXACT =
            ByteVector.zero(WIDTH).getClass();

    private OctetSweep() {}

    /** One octet, 128 bytes of every group. */
    static void one(long at, long groupBytes, int groups, byte[] tables, int table, byte[] sums, int sum) {
        ByteVector a0 = ByteVector.fromArray(WIDTH, sums, sum);
        ByteVector a1 = ByteVector.fromArray(WIDTH, sums, sum + 64);
        int last = groups - 3;
        int triples = (groups + 2) / 3;
        for (int triple = 0; triple < triples; triple++) {
            long group = at + (long) Math.min(triple * 3, last) * groupBytes;
            int t = table + triple * OctetTables.TRIPLE_BYTES;
            ByteVector t0 = ByteVector.fromArray(WIDTH, tables, t);
            ByteVector t1 = ByteVector.fromArray(WIDTH, tables, t + 64);
            ByteVector t2 = ByteVector.fromArray(WIDTH, tables, t + 128);
            ByteVector t3 = ByteVector.fromArray(WIDTH, tables, t + 192);
            ByteVector x = ByteVector.fromMemorySegment(WIDTH, ALL, group, LITTLE_ENDIAN);
            ByteVector y = ByteVector.fromMemorySegment(WIDTH, ALL, group + groupBytes, LITTLE_ENDIAN);
            ByteVector z = ByteVector.fromMemorySegment(WIDTH, ALL, group + 2 * groupBytes, LITTLE_ENDIAN);
            ByteVector tops = tops(x, y, z);
            a0 = EXACT.cast(a0)
                    .lanewise(XOR, x.selectFrom(t0))
                    .lanewise(XOR, y.selectFrom(t1))
                    .lanewise(XOR, z.selectFrom(t2))
                    .lanewise(XOR, tops.selectFrom(t3));
            x = ByteVector.fromMemorySegment(WIDTH, ALL, group + 64, LITTLE_ENDIAN);
            y = ByteVector.fromMemorySegment(WIDTH, ALL, group + groupBytes + 64, LITTLE_ENDIAN);
            z = ByteVector.fromMemorySegment(WIDTH, ALL, group + 2 * groupBytes + 64, LITTLE_ENDIAN);
            tops = tops(x, y, z);
            a1 = EXACT.cast(a1)
                    .lanewise(XOR, x.selectFrom(t0))
                    .lanewise(XOR, y.selectFrom(t1))
                    .lanewise(XOR, z.selectFrom(t2))
                    .lanewise(XOR, tops.selectFrom(t3));
        }
        EXACT.cast(a0).intoArray(sums, sum);
        EXACT.cast(a1).intoArray(sums, sum + 64);
    }

    /** Two octets, 128 bytes of every group. */
    static void pair(
            long at,
            long groupBytes,
            int groups,
            byte[] tables,
            int table,
            int nextTable,
            byte[] sums,
            int sum,
            int nextSum) {
        ByteVector a0 = ByteVector.fromArray(WIDTH, sums, sum);
        ByteVector a1 = ByteVector.fromArray(WIDTH, sums, sum + 64);
        ByteVector b0 = ByteVector.fromArray(WIDTH, sums, nextSum);
        ByteVector b1 = ByteVector.fromArray(WIDTH, sums, nextSum + 64);
        int last = groups - 3;
        int triples = (groups + 2) / 3;
        for (int triple = 0; triple < triples; triple++) {
            long group = at + (long) Math.min(triple * 3, last) * groupBytes;
            int t = table + triple * OctetTables.TRIPLE_BYTES;
            ByteVector t0 = ByteVector.fromArray(WIDTH, tables, t);
            ByteVector t1 = ByteVector.fromArray(WIDTH, tables, t + 64);
            ByteVector t2 = ByteVector.fromArray(WIDTH, tables, t + 128);
            ByteVector t3 = ByteVector.fromArray(WIDTH, tables, t + 192);
            int u = nextTable + triple * OctetTables.TRIPLE_BYTES;
            ByteVector u0 = ByteVector.fromArray(WIDTH, tables, u);
            ByteVector u1 = ByteVector.fromArray(WIDTH, tables, u + 64);
            ByteVector u2 = ByteVector.fromArray(WIDTH, tables, u + 128);
            ByteVector u3 = ByteVector.fromArray(WIDTH, tables, u + 192);
            ByteVector x = ByteVector.fromMemorySegment(WIDTH, ALL, group, LITTLE_ENDIAN);
            ByteVector y = ByteVector.fromMemorySegment(WIDTH, ALL, group + groupBytes, LITTLE_ENDIAN);
            ByteVector z = ByteVector.fromMemorySegment(WIDTH, ALL, group + 2 * groupBytes, LITTLE_ENDIAN);
            ByteVector tops = tops(x, y, z);
            a0 = EXACT.cast(a0)
                    .lanewise(XOR, x.selectFrom(t0))
                    .lanewise(XOR, y.selectFrom(t1))
                    .lanewise(XOR, z.selectFrom(t2))
                    .lanewise(XOR, tops.selectFrom(t3));
            b0 = EXACT.cast(b0)
                    .lanewise(XOR, x.selectFrom(u0))
                    .lanewise(XOR, y.selectFrom(u1))
                    .lanewise(XOR, z.selectFrom(u2))
                    .lanewise(XOR, tops.selectFrom(u3));
            x = ByteVector.fromMemorySegment(WIDTH, ALL, group + 64, LITTLE_ENDIAN);
            y = ByteVector.fromMemorySegment(WIDTH, ALL, group + groupBytes + 64, LITTLE_ENDIAN);
            z = ByteVector.fromMemorySegment(WIDTH, ALL, group + 2 * groupBytes + 64, LITTLE_ENDIAN);
            tops = tops(x, y, z);
            a1 = EXACT.cast(a1)
                    .lanewise(XOR, x.selectFrom(t0))
                    .lanewise(XOR, y.selectFrom(t1))
                    .lanewise(XOR, z.selectFrom(t2))
                    .lanewise(XOR, tops.selectFrom(t3));
            b1 = EXACT.cast(b1)
                    .lanewise(XOR, x.selectFrom(u0))
                    .lanewise(XOR, y.selectFrom(u1))
                    .lanewise(XOR, z.selectFrom(u2))
                    .lanewise(XOR, tops.selectFrom(u3));
        }
        EXACT.cast(a0).intoArray(sums, sum);
        EXACT.cast(a1).intoArray(sums, sum + 64);
        EXACT.cast(b0).intoArray(sums, nextSum);
        EXACT.cast(b1).intoArray(sums, nextSum + 64);
    }

    /** The upper two bits of every slice: x's as bits 0 and 1, y's as 2 and 3, z's as 4 and 5; bits 6 and 7 are anything. */
    private static ByteVector tops(ByteVector x, ByteVector y, ByteVector z) {
        LongVector low = x.reinterpretAsLongs().lanewise(LSHR, 6);
        LongVector middle = y.reinterpretAsLongs().lanewise(LSHR, 4);
        LongVector high = z.reinterpretAsLongs().lanewise(LSHR, 2);
        LongVector two = low.lanewise(XOR, low.lanewise(XOR, middle).and(0x0C0C0C0C0C0C0C0CL));
        return two.lanewise(XOR, two.lanewise(XOR, high).and(0x3030303030303030L))
                .reinterpretAsBytes();
    }
}
