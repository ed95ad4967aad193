package org.morphogen.node.engine;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import org.morphogen.node.layout.BitSquare;

/** Eight slices at a time, as a long: what sums become rows from. */
final class Slices {
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private Slices() {}

    /** The eight slices from byte {@code at} on. */
    static long at(byte[] sums, int at) {
        return (long) LONGS.get(sums, at);
    }

    /** The parity of each of eight slices, as one byte. */
    static long parities(long slices) {
        long square = BitSquare.transpose(slices);
        square ^= square >>> 32;
        square ^= square >>> 16;
        return (square ^ (square >>> 8)) & 0xFF;
    }
}
