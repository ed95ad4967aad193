package org.morphogen.node.engine;

import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static jdk.incubator.vector.VectorOperators.XOR;
import static org.morphogen.node.engine.NativeMemory.ALL;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.VectorSpecies;

/** One key at a time in vectors of 32 bytes. The old sum comes in last: its cache miss then delays nothing. */
final class KeySweep32 implements KeySweep {
    private static final VectorSpecies<Byte> WIDTH = ByteVector.SPECIES_256;
    /** Tells the compiler the sums' exact class, without which it may keep them as objects. */
    private static final Class<? extends ByteVector> EXACT =
            ByteVector.zero(WIDTH).getClass();

    @Override
    public void sweep(long at, int groupBytes, int groups, byte[] bits, int bitsAt, byte[] sums, int sumsAt) {
        if (groupBytes == 256) {
            whole(at, groups * 256, bits, bitsAt, sums, sumsAt);
        } else {
            half(at, groups * 128, bits, bitsAt, sums, sumsAt);
        }
    }

    private static void whole(long at, int bytes, byte[] bits, int bitsAt, byte[] sums, int sumsAt) {
        ByteVector sum0 = ByteVector.zero(WIDTH);
        ByteVector sum1 = ByteVector.zero(WIDTH);
        ByteVector sum2 = ByteVector.zero(WIDTH);
        ByteVector sum3 = ByteVector.zero(WIDTH);
        ByteVector sum4 = ByteVector.zero(WIDTH);
        ByteVector sum5 = ByteVector.zero(WIDTH);
        ByteVector sum6 = ByteVector.zero(WIDTH);
        ByteVector sum7 = ByteVector.zero(WIDTH);
        for (int offset = 0; offset < bytes; offset += 256) {
            ByteVector mask = ByteVector.broadcast(WIDTH, bits[bitsAt + (offset >>> 8)]);
            long group = at + offset;
            sum0 = EXACT.cast(sum0)
                    .lanewise(
                            XOR,
                            ByteVector.fromMemorySegment(WIDTH, ALL, group, LITTLE_ENDIAN)
                                    .and(mask));
            sum1 = EXACT.cast(sum1)
                    .lanewise(
                            XOR,
                            ByteVector.fromMemorySegment(WIDTH, ALL, group + 32, LITTLE_ENDIAN)
                                    .and(mask));
            sum2 = EXACT.cast(sum2)
                    .lanewise(
                            XOR,
                            ByteVector.fromMemorySegment(WIDTH, ALL, group + 64, LITTLE_ENDIAN)
                                    .and(mask));
            sum3 = EXACT.cast(sum3)
                    .lanewise(
                            XOR,
                            ByteVector.fromMemorySegment(WIDTH, ALL, group + 96, LITTLE_ENDIAN)
                                    .and(mask));
            sum4 = EXACT.cast(sum4)
                    .lanewise(
                            XOR,
                            ByteVector.fromMemorySegment(WIDTH, ALL, group + 128, LITTLE_ENDIAN)
                                    .and(mask));
            sum5 = EXACT.cast(sum5)
                    .lanewise(
                            XOR,
                            ByteVector.fromMemorySegment(WIDTH, ALL, group + 160, LITTLE_ENDIAN)
                                    .and(mask));
            sum6 = EXACT.cast(sum6)
                    .lanewise(
                            XOR,
                            ByteVector.fromMemorySegment(WIDTH, ALL, group + 192, LITTLE_ENDIAN)
                                    .and(mask));
            sum7 = EXACT.cast(sum7)
                    .lanewise(
                            XOR,
                            ByteVector.fromMemorySegment(WIDTH, ALL, group + 224, LITTLE_ENDIAN)
                                    .and(mask));
        }
        EXACT.cast(sum0)
                .lanewise(XOR, ByteVector.fromArray(WIDTH, sums, sumsAt))
                .intoArray(sums, sumsAt);
        EXACT.cast(sum1)
                .lanewise(XOR, ByteVector.fromArray(WIDTH, sums, sumsAt + 32))
                .intoArray(sums, sumsAt + 32);
        EXACT.cast(sum2)
                .lanewise(XOR, ByteVector.fromArray(WIDTH, sums, sumsAt + 64))
                .intoArray(sums, sumsAt + 64);
        EXACT.cast(sum3)
                .lanewise(XOR, ByteVector.fromArray(WIDTH, sums, sumsAt + 96))
                .intoArray(sums, sumsAt + 96);
        EXACT.cast(sum4)
                .lanewise(XOR, ByteVector.fromArray(WIDTH, sums, sumsAt + 128))
                .intoArray(sums, sumsAt + 128);
        EXACT.cast(sum5)
                .lanewise(XOR, ByteVector.fromArray(WIDTH, sums, sumsAt + 160))
                .intoArray(sums, sumsAt + 160);
        EXACT.cast(sum6)
                .lanewise(XOR, ByteVector.fromArray(WIDTH, sums, sumsAt + 192))
                .intoArray(sums, sumsAt + 192);
        EXACT.cast(sum7)
                .lanewise(XOR, ByteVector.fromArray(WIDTH, sums, sumsAt + 224))
                .intoArray(sums, sumsAt + 224);
    }

    private static void half(long at, int bytes, byte[] bits, int bitsAt, byte[] sums, int sumsAt) {
        ByteVector sum0 = ByteVector.zero(WIDTH);
        ByteVector sum1 = ByteVector.zero(WIDTH);
        ByteVector sum2 = ByteVector.zero(WIDTH);
        ByteVector sum3 = ByteVector.zero(WIDTH);
        for (int offset = 0; offset < bytes; offset += 128) {
            ByteVector mask = ByteVector.broadcast(WIDTH, bits[bitsAt + (offset >>> 7)]);
            long group = at + offset;
            sum0 = EXACT.cast(sum0)
                    .lanewise(
                            XOR,
                            ByteVector.fromMemorySegment(WIDTH, ALL, group, LITTLE_ENDIAN)
                                    .and(mask));
            sum1 = EXACT.cast(sum1)
                    .lanewise(
                            XOR,
                            ByteVector.fromMemorySegment(WIDTH, ALL, group + 32, LITTLE_ENDIAN)
                                    .and(mask));
            sum2 = EXACT.cast(sum2)
                    .lanewise(
                            XOR,
                            ByteVector.fromMemorySegment(WIDTH, ALL, group + 64, LITTLE_ENDIAN)
                                    .and(mask));
            sum3 = EXACT.cast(sum3)
                    .lanewise(
                            XOR,
                            ByteVector.fromMemorySegment(WIDTH, ALL, group + 96, LITTLE_ENDIAN)
                                    .and(mask));
        }
        EXACT.cast(sum0)
                .lanewise(XOR, ByteVector.fromArray(WIDTH, sums, sumsAt))
                .intoArray(sums, sumsAt);
        EXACT.cast(sum1)
                .lanewise(XOR, ByteVector.fromArray(WIDTH, sums, sumsAt + 32))
                .intoArray(sums, sumsAt + 32);
        EXACT.cast(sum2)
                .lanewise(XOR, ByteVector.fromArray(WIDTH, sums, sumsAt + 64))
                .intoArray(sums, sumsAt + 64);
        EXACT.cast(sum3)
                .lanewise(XOR, ByteVector.fromArray(WIDTH, sums, sumsAt + 96))
                .intoArray(sums, sumsAt + 96);
    }
}
