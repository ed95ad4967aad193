package org.morphogen.node.cuda;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** The one struct that a kernel takes, field by field. Used again and again; not thread-safe. */
final class KernelArguments {
    private static final int BYTES = 128;
    private static final ValueLayout.OfLong ADDRESS = ValueLayout.JAVA_LONG.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt NUMBER = ValueLayout.JAVA_INT.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final MemorySegment bytes = Arena.ofAuto().allocate(BYTES, Long.BYTES);
    private int at;

    /** Begins with the first field. */
    KernelArguments begin() {
        at = 0;
        return this;
    }

    /** The next field: an address, or a number of 64 bits. */
    KernelArguments put(long value) {
        bytes.set(ADDRESS, at, value);
        at += Long.BYTES;
        return this;
    }

    /** The next field: a number of 32 bits. */
    KernelArguments put(int value) {
        bytes.set(NUMBER, at, value);
        at += Integer.BYTES;
        return this;
    }

    /** What was put, rounded up to whole longs as a compiler does. */
    MemorySegment bytes() {
        return bytes.asSlice(0, (at + Long.BYTES - 1) & -Long.BYTES);
    }
}
