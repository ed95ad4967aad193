package org.morphogen.node.engine;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Random;
import org.morphogen.node.EngineChoice;
import org.morphogen.node.layout.SlicedLayout;

/** A program that compares the engine that its argument chooses with the scalar one, for JVMs of other flags. */
final class EngineAgreement {
    private EngineAgreement() {}

    public static void main(String[] arguments) {
        HostEngine engine = (HostEngine) EngineChoice.valueOf(arguments[0]).open(0);
        for (int rowBytes : new int[] {16, 32, 80, 256}) {
            for (int keys : new int[] {1, 5, 8, 33}) {
                if (!Arrays.equals(scan(engine, keys, rowBytes), scan(new ScalarEngine(), keys, rowBytes))) {
                    throw new AssertionError(engine + " differs: " + keys + " keys, rows of " + rowBytes + " bytes");
                }
            }
        }
        System.out.println(engine.name() + " agrees");
    }

    private static byte[] scan(HostEngine engine, int keys, int rowBytes) {
        Random random = new Random(31L * keys + rowBytes);
        SlicedLayout layout = new SlicedLayout(rowBytes, 2 * SlicedLayout.TILE_ROWS + 384);
        SelectionBits selection = new SelectionBits(keys, layout.rows() / Byte.SIZE);
        random.nextBytes(selection.bits());
        byte[] plain = new byte[(int) layout.bytes()];
        random.nextBytes(plain);
        Accumulators sums = new Accumulators(keys, rowBytes);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment tiles = arena.allocate(layout.bytes(), 64);
            layout.write(MemorySegment.ofArray(plain), tiles, 0);
            ScanKernel kernel = engine.newKernel();
            kernel.begin(keys, rowBytes);
            kernel.xorSelected(tiles, selection, 0);
            kernel.addTo(sums);
        }
        return sums.toBytes();
    }
}
