package org.morphogen.node.engine;

import java.lang.foreign.MemorySegment;

/** All of memory by address, for kernels whose caller has checked that what they read is there. */
final class NativeMemory {
    /**
     * A constant, so that the compiler drops the checks of bounds and of lifetime from the hot loops; with them, methods
     * of more than some six vector reads are no longer turned into vector instructions.
     */
    @SuppressWarnings("restricted")
    static final MemorySegment ALL = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

    private NativeMemory() {}
}
