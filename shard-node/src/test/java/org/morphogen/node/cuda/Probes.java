package org.morphogen.node.cuda;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.random.RandomGenerator;

/** Kernels that only {@link HostGpu} has, to see what becomes of a launch. */
final class Probes {
    /** XORs a constant into words: address, count, constant. */
    static final String XOR = "probe_xor";

    /** Fails; takes 8 bytes. */
    static final String FAIL = "probe_fail";

    private Probes() {}

    /** As PTX; what it says beside the names is of no account. */
    static byte[] module() {
        return """
                .version 9.0
                .target sm_80
                .address_size 64
                .visible .entry probe_xor(.param .align 8 .b8 probe_xor_param_0[24]) { ret; }
                .visible .entry probe_fail(.param .align 8 .b8 probe_fail_param_0[8]) { ret; }
                """.getBytes(StandardCharsets.UTF_8);
    }

    static MemorySegment xor(long words, long count, long constant) {
        return MemorySegment.ofArray(new long[] {words, count, constant});
    }

    static MemorySegment offHeap(Arena arena, MemorySegment heap) {
        MemorySegment copy = arena.allocate(heap.byteSize(), 8);
        copy.copyFrom(heap);
        return copy;
    }

    static void xor(CudaDriver gpu, long words, long count, long constant, long stream) {
        gpu.launch(XOR, 1, 1, 32, 0, stream, xor(words, count, constant));
    }

    static long word(MemorySegment memory, long index) {
        return memory.getAtIndex(ValueLayout.JAVA_LONG, index);
    }

    static void fill(MemorySegment memory, RandomGenerator random) {
        for (long i = 0; i < memory.byteSize() / 8; i++) {
            memory.setAtIndex(ValueLayout.JAVA_LONG, i, random.nextLong());
        }
    }
}
