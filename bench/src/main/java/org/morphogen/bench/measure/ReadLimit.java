package org.morphogen.bench.measure;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * The least that any scan must do: read all of the memory, here with a plain XOR of everything. Threads take pieces one
 * after another, as a scan's do. Not thread-safe.
 */
public final class ReadLimit implements AutoCloseable {
    private static final VectorSpecies<Long> LANES = LongVector.SPECIES_PREFERRED;
    private static final int VECTORS = 4;
    private static final int PIECE_BYTES = 8 << 20;
    /** Short enough that the loop is compiled as a method, not replaced on the stack. */
    private static final int CALL_BYTES = 1 << 20;

    private final ExecutorService threads;
    private final int threadCount;

    /** Reads with so many threads, at least 1. */
    public ReadLimit(int threadCount) {
        this.threadCount = threadCount;
        this.threads = Executors.newFixedThreadPool(
                threadCount, Thread.ofPlatform().name("read-", 0).daemon().factory());
    }

    /** The XOR of all longs of the segments, whose sizes are multiples of 1 KiB. */
    public long xor(List<MemorySegment> memory) throws InterruptedException, ExecutionException {
        List<MemorySegment> pieces = new ArrayList<>();
        for (MemorySegment segment : memory) {
            for (long at = 0; at < segment.byteSize(); at += PIECE_BYTES) {
                pieces.add(segment.asSlice(at, Math.min(PIECE_BYTES, segment.byteSize() - at)));
            }
        }
        AtomicInteger next = new AtomicInteger();
        List<Future<Long>> parts = new ArrayList<>();
        for (int thread = 0; thread < threadCount; thread++) {
            parts.add(threads.submit(() -> xorPieces(pieces, next)));
        }
        long all = 0;
        for (Future<Long> part : parts) {
            all ^= part.get();
        }
        return all;
    }

    private static long xorPieces(List<MemorySegment> pieces, AtomicInteger next) {
        long all = 0;
        for (int piece = next.getAndIncrement(); piece < pieces.size(); piece = next.getAndIncrement()) {
            MemorySegment memory = pieces.get(piece);
            for (int at = 0; at < memory.byteSize(); at += CALL_BYTES) {
                all ^= xorCall(memory, at, (int) Math.min(CALL_BYTES, memory.byteSize() - at));
            }
        }
        return all;
    }

    private static long xorCall(MemorySegment memory, int from, int bytes) {
        int vectorBytes = LANES.vectorByteSize();
        LongVector a = LongVector.zero(LANES);
        LongVector b = a;
        LongVector c = a;
        LongVector d = a;
        for (int at = from; at < from + bytes; at += VECTORS * vectorBytes) {
            a = a.lanewise(VectorOperators.XOR, load(memory, at));
            b = b.lanewise(VectorOperators.XOR, load(memory, at + vectorBytes));
            c = c.lanewise(VectorOperators.XOR, load(memory, at + 2 * vectorBytes));
            d = d.lanewise(VectorOperators.XOR, load(memory, at + 3 * vectorBytes));
        }
        return a.lanewise(VectorOperators.XOR, b)
                .lanewise(VectorOperators.XOR, c)
                .lanewise(VectorOperators.XOR, d)
                .reduceLanes(VectorOperators.XOR);
    }

    private static LongVector load(MemorySegment memory, int at) {
        return LongVector.fromMemorySegment(LANES, memory, at, ByteOrder.nativeOrder());
    }

    @Override
    public void close() {
        threads.close();
    }
}
