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

/** A warmed kernel makes no garbage: vectors stay in registers, buffers are kept. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class WarmKernelTest {
    private static final int SCANS = 200;
    /** For all scans together; a kernel that keeps one vector as an object makes more than 1 MiB. */
    private static final long MOST_BYTES = 64 << 10;

    static Stream<HostEngine> engines() {
        return RunnableEngines.all().stream();
    }

    @ParameterizedTest
    @MethodSource("engines")
    void makesNoGarbage(HostEngine engine) {
        EngineWarmUp.warm(engine);
        for (int rowBytes : new int[] {32, 48, 256}) {
            for (int keys : new int[] {1, 8, 33, 128}) {
                assertThat(allocated(engine.newKernel(), keys, rowBytes))
                        .as("%s, %d keys, rows of %d bytes", engine, keys, rowBytes)
                        .isLessThan(MOST_BYTES);
            }
        }
    }

    /** The least of some tries, since the compiler may still be at work during the first. */
    private static long allocated(ScanKernel kernel, int keys, int rowBytes) {
        SlicedLayout layout = new SlicedLayout(rowBytes, SlicedLayout.TILE_ROWS);
        SelectionBits selection = new SelectionBits(keys, SlicedLayout.TILE_GROUPS);
        new Random(7).nextBytes(selection.bits());
        Accumulators sums = new Accumulators(keys, rowBytes);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment tiles = arena.allocate(layout.bytes(), 64);
            long least = Long.MAX_VALUE;
            for (int attempt = 0; attempt < 10_000 && least >= MOST_BYTES; attempt++) {
                least = Math.min(least, scans(kernel, tiles, selection, sums));
            }
            return least;
        }
    }

    private static long scans(ScanKernel kernel, MemorySegment tiles, SelectionBits selection, Accumulators sums) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int scan = 0; scan < SCANS; scan++) {
            kernel.begin(sums.keys(), sums.rowBytes());
            kernel.xorSelected(tiles, selection, 0);
            kernel.addTo(sums);
        }
        return threads.getCurrentThreadAllocatedBytes() - before;
    }
}
