package org.morphogen.node.engine;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.morphogen.node.layout.SlicedLayout;

/** A warmed kernel makes no garbage, so a scan causes no collection. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class NoGarbageTest {
    private static final int ROW_BYTES = 64;
    private static final int ROWS = 4 * 1024;
    private static final long WARM_UP_NANOS = 2_000_000_000L;
    private static final int CALLS = 400;
    /** A boxed vector is 80 bytes, and a call has thousands of them. */
    private static final long ALLOWED_BYTES_A_CALL = 256;

    static Stream<ScanEngine> engines() {
        return RunnableEngines.all().stream();
    }

    @ParameterizedTest
    @MethodSource("engines")
    void scansWithoutGarbage(ScanEngine engine) {
        for (int keys : new int[] {1, 8, 33}) {
            assertThat(allocatedBytes(engine.newKernel(), keys))
                    .as("%s, %d keys: bytes of %d calls", engine.name(), keys, CALLS)
                    .isLessThan(CALLS * ALLOWED_BYTES_A_CALL);
        }
    }

    private static long allocatedBytes(ScanKernel kernel, int keys) {
        SlicedLayout layout = new SlicedLayout(ROW_BYTES, ROWS);
        SelectionBits selection = new SelectionBits(keys, ROWS / Byte.SIZE);
        new Random(keys).nextBytes(selection.bits());
        Accumulators into = new Accumulators(keys, ROW_BYTES);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        try (Arena arena = Arena.ofShared()) {
            MemorySegment tiles = arena.allocate(layout.bytes(), 64);
            long warm = System.nanoTime() + WARM_UP_NANOS;
            while (System.nanoTime() < warm) {
                scan(kernel, keys, tiles, selection, into, CALLS);
            }
            long before = threads.getCurrentThreadAllocatedBytes();
            scan(kernel, keys, tiles, selection, into, CALLS);
            return threads.getCurrentThreadAllocatedBytes() - before;
        }
    }

    private static void scan(
            ScanKernel kernel, int keys, MemorySegment tiles, SelectionBits selection, Accumulators into, int calls) {
        for (int call = 0; call < calls; call++) {
            kernel.begin(keys, ROW_BYTES);
            kernel.xorSelected(tiles, selection, 0);
            kernel.addTo(into);
        }
    }
}
