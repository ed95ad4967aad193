package org.morphogen.node.engine;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.TimeUnit;
import org.morphogen.node.layout.SlicedLayout;

/** Runs an engine until the JVM has compiled its kernels, so that a node's first queries meet the speed of all others. */
final class EngineWarmUp {
    private static final long MOST_NANOS = TimeUnit.SECONDS.toNanos(2);
    private static final int ROUNDS = 1500;
    private static final int TILES = 2;
    private static final int[] ROW_BYTES = {32, 256, 48};
    private static final int[] KEYS = {1, 8, 25};

    private EngineWarmUp() {}

    /** Scans 512 KiB of zeros, over and over, in a few row widths and batch sizes; for 2 seconds at most. */
    static void warm(HostEngine engine) {
        long start = System.nanoTime();
        ScanKernel kernel = engine.newKernel();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment zeros = arena.allocate((long) TILES * SlicedLayout.TILE_ROWS * 256, 64);
            SelectionBits none = new SelectionBits(KEYS[2], TILES * SlicedLayout.TILE_GROUPS);
            for (int round = 0; round < ROUNDS && System.nanoTime() - start < MOST_NANOS; round++) {
                for (int rowBytes : ROW_BYTES) {
                    scan(kernel, zeros.asSlice(0, (long) TILES * SlicedLayout.TILE_ROWS * rowBytes), none, rowBytes);
                }
            }
        }
    }

    private static void scan(ScanKernel kernel, MemorySegment tiles, SelectionBits selection, int rowBytes) {
        for (int keys : KEYS) {
            kernel.begin(keys, rowBytes);
            kernel.xorSelected(tiles, selection, 0);
            kernel.addTo(new Accumulators(keys, rowBytes));
        }
    }
}
