package org.morphogen.node.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class ScalarEngineTest {
    private static final int KEYS = 3;
    private static final int STEP_ROWS = 512;
    private static final int FIRST_ROW = 128;
    private static final int TILE_ROWS = 256;

    private final ScanEngine engine = new ScalarEngine();

    @ParameterizedTest
    @ValueSource(ints = {16, 32, 48, 64, 80, 112, 128, 256, 1008, 1024, 4096})
    void xorsTheSelectedRowsOfEveryKey(int rowBytes) {
        long seed = rowBytes * 31L;
        Random random = new Random(seed);
        byte[] rows = new byte[TILE_ROWS * rowBytes];
        random.nextBytes(rows);
        SelectionBits selection = new SelectionBits(KEYS, STEP_ROWS / Byte.SIZE);
        random.nextBytes(selection.bits());
        Accumulators found = new Accumulators(KEYS, rowBytes);

        scan(rows, rowBytes, selection, found);

        assertThat(found.toBytes()).as("seed %d", seed).isEqualTo(expected(rows, rowBytes, selection));
    }

    @ParameterizedTest
    @ValueSource(ints = {16, 64, 96})
    void addsToWhatIsThere(int rowBytes) {
        byte[] rows = new byte[TILE_ROWS * rowBytes];
        new Random(rowBytes).nextBytes(rows);
        SelectionBits selection = new SelectionBits(KEYS, STEP_ROWS / Byte.SIZE);
        new Random(rowBytes).nextBytes(selection.bits());
        Accumulators twice = new Accumulators(KEYS, rowBytes);

        scan(rows, rowBytes, selection, twice);
        assertThat(twice.toBytes()).isNotEqualTo(new byte[KEYS * rowBytes]);
        scan(rows, rowBytes, selection, twice);

        assertThat(twice.toBytes()).isEqualTo(new byte[KEYS * rowBytes]);
    }

    private void scan(byte[] rows, int rowBytes, SelectionBits selection, Accumulators into) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment tile = arena.allocate(rows.length, 64);
            tile.copyFrom(MemorySegment.ofArray(rows));
            engine.xorSelected(tile, rowBytes, selection, FIRST_ROW, into);
        }
    }

    private static byte[] expected(byte[] rows, int rowBytes, SelectionBits selection) {
        byte[] sums = new byte[KEYS * rowBytes];
        for (int key = 0; key < KEYS; key++) {
            for (int r = 0; r < TILE_ROWS; r++) {
                int row = FIRST_ROW + r;
                boolean selected = (selection.bits()[key * STEP_ROWS / 8 + row / 8] >> (row % 8) & 1) == 1;
                for (int i = 0; selected && i < rowBytes; i++) {
                    sums[key * rowBytes + i] ^= rows[r * rowBytes + i];
                }
            }
        }
        return sums;
    }
}
