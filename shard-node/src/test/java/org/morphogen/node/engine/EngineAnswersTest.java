package org.morphogen.node.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.morphogen.node.layout.SlicedLayout;

/** Every engine that this machine runs, against a bit by bit sum over plain rows. */
@Timeout(value = 300, unit = TimeUnit.SECONDS)
class EngineAnswersTest {
    private static final int[] WIDTHS = {16, 32, 48, 64, 80, 96, 112, 128, 144, 256, 272, 1008, 1024, 2064, 4096};
    private static final int[] ROWS = {128, 384, 1024, 1024 + 896, 2048 + 256};
    private static final int[] KEYS = {1, 2, 3, 7, 8, 9, 16, 31, 33, 64, 65, 128, 130};

    static Stream<HostEngine> engines() {
        return RunnableEngines.all().stream();
    }

    @ParameterizedTest
    @MethodSource("engines")
    void everyWidth(HostEngine engine) {
        for (int rowBytes : WIDTHS) {
            for (int rows : ROWS) {
                check(engine, new Case(rowBytes, rows, 3, 128, Fill.RANDOM));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("engines")
    void everyBatchSize(HostEngine engine) {
        for (int keys = 1; keys <= 130; keys++) {
            check(engine, new Case(48, 1024 + 256, keys, 0, Fill.RANDOM));
        }
    }

    @ParameterizedTest
    @MethodSource("engines")
    void batchesOfEveryWidth(HostEngine engine) {
        for (int rowBytes : new int[] {16, 32, 112, 256, 1024}) {
            for (int keys : KEYS) {
                check(engine, new Case(rowBytes, 1024 + 640, keys, 1024, Fill.RANDOM));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("engines")
    void allSelectedAndNoneSelected(HostEngine engine) {
        for (Fill fill : new Fill[] {Fill.ZERO, Fill.ONE}) {
            for (int keys : new int[] {1, 8, 33}) {
                check(engine, new Case(64, 1024 + 128, keys, 0, fill));
            }
        }
    }

    private enum Fill {
        RANDOM,
        ZERO,
        ONE
    }

    private record Case(int rowBytes, int rows, int keys, int firstRow, Fill selection) {}

    private static void check(HostEngine engine, Case sizes) {
        Random random = new Random(sizes.hashCode());
        byte[] plain = new byte[sizes.rows() * sizes.rowBytes()];
        random.nextBytes(plain);
        SelectionBits selection = selection(sizes, random);
        Accumulators found = new Accumulators(sizes.keys(), sizes.rowBytes());
        byte[] before = new byte[sizes.keys() * sizes.rowBytes()];
        random.nextBytes(before);
        for (int i = 0; i < before.length; i++) {
            found.words()[i / 8] |= (before[i] & 0xFFL) << (i % 8 * 8);
        }

        scan(engine.newKernel(), sizes, plain, selection, found);

        byte[] expected = expected(sizes, plain, selection);
        for (int i = 0; i < before.length; i++) {
            expected[i] ^= before[i];
        }
        assertThat(found.toBytes()).as("%s, %s", engine.name(), sizes).isEqualTo(expected);
    }

    private static SelectionBits selection(Case sizes, Random random) {
        SelectionBits selection = new SelectionBits(sizes.keys(), (sizes.firstRow() + sizes.rows() + 256) / Byte.SIZE);
        switch (sizes.selection()) {
            case RANDOM -> random.nextBytes(selection.bits());
            case ZERO -> Arrays.fill(selection.bits(), (byte) 0);
            case ONE -> Arrays.fill(selection.bits(), (byte) -1);
        }
        return selection;
    }

    /** In one call, after the kernel was used for something else. */
    private static void scan(ScanKernel kernel, Case sizes, byte[] plain, SelectionBits selection, Accumulators into) {
        SlicedLayout layout = new SlicedLayout(sizes.rowBytes(), sizes.rows());
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment tiles = arena.allocate(layout.bytes(), 64);
            layout.write(MemorySegment.ofArray(plain), tiles, 0);
            kernel.begin(sizes.keys(), sizes.rowBytes());
            kernel.xorSelected(tiles, selection, 0);
            kernel.addTo(new Accumulators(sizes.keys(), sizes.rowBytes()));
            kernel.begin(sizes.keys(), sizes.rowBytes());
            kernel.xorSelected(tiles, selection, sizes.firstRow());
            kernel.addTo(into);
        }
    }

    private static byte[] expected(Case sizes, byte[] plain, SelectionBits selection) {
        byte[] sums = new byte[sizes.keys() * sizes.rowBytes()];
        for (int key = 0; key < sizes.keys(); key++) {
            for (int r = 0; r < sizes.rows(); r++) {
                int row = sizes.firstRow() + r;
                boolean selected = (selection.bits()[selection.offset(key) + row / 8] >> (row % 8) & 1) == 1;
                for (int i = 0; selected && i < sizes.rowBytes(); i++) {
                    sums[key * sizes.rowBytes() + i] ^= plain[r * sizes.rowBytes() + i];
                }
            }
        }
        return sums;
    }
}
