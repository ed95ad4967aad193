package org.morphogen.node.layout;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class SlicedLayoutTest {
    @ParameterizedTest
    @CsvSource({"16,128", "32,1024", "48,1152", "64,2048", "112,3200", "256,2176", "1024,1152", "4096,1152"})
    void givesBackWhatWasWritten(int rowBytes, int rows) {
        byte[] plain = plain(rowBytes, rows);
        SlicedLayout layout = new SlicedLayout(rowBytes, rows);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment chunk = arena.allocate(layout.bytes(), 64);
            layout.write(MemorySegment.ofArray(plain), chunk, 0);

            assertThat(read(layout, chunk)).isEqualTo(plain);
        }
    }

    @ParameterizedTest
    @CsvSource({"16,128", "48,1152", "96,2304"})
    void writesInPieces(int rowBytes, int rows) {
        byte[] plain = plain(rowBytes, rows);
        SlicedLayout layout = new SlicedLayout(rowBytes, rows);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment whole = arena.allocate(layout.bytes(), 64);
            layout.write(MemorySegment.ofArray(plain), whole, 0);
            MemorySegment pieces = arena.allocate(layout.bytes(), 64);
            for (int row = 0; row < rows; row += 24) {
                int count = Math.min(24, rows - row);
                MemorySegment piece =
                        MemorySegment.ofArray(plain).asSlice((long) row * rowBytes, (long) count * rowBytes);
                layout.write(piece, pieces, row);
            }

            assertThat(pieces.mismatch(whole)).isEqualTo(-1);
        }
    }

    @Test
    void changesOneRowAlone() {
        SlicedLayout layout = new SlicedLayout(80, 1024 + 256);
        byte[] plain = plain(layout.rowBytes(), layout.rows());
        byte[] diff = plain(layout.rowBytes(), 1);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment chunk = arena.allocate(layout.bytes(), 64);
            layout.write(MemorySegment.ofArray(plain), chunk, 0);
            for (int row : new int[] {0, 7, 8, 1023, 1024, 1279}) {
                layout.xor(chunk, row, diff, 0);
                for (int i = 0; i < layout.rowBytes(); i++) {
                    plain[row * layout.rowBytes() + i] ^= diff[i];
                }
            }

            assertThat(read(layout, chunk)).isEqualTo(plain);
        }
    }

    /** The picture of the Javadoc, bit by bit, for a row width with a half column block. */
    @Test
    void liesAsDescribed() {
        SlicedLayout layout = new SlicedLayout(48, 1024 + 128);
        byte[] plain = plain(layout.rowBytes(), layout.rows());
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment chunk = arena.allocate(layout.bytes(), 64);
            layout.write(MemorySegment.ofArray(plain), chunk, 0);
            for (int row = 0; row < layout.rows(); row++) {
                int groups = row < 1024 ? 128 : 16;
                int group = row % 1024 / 8;
                long tile = row < 1024 ? 0 : 1024 * 48;
                for (int bit = 0; bit < 48 * 8; bit++) {
                    long at = bit < 256 ? tile + group * 256L + bit : tile + groups * 256L + group * 128L + (bit - 256);
                    int expected = plain[row * 48 + bit / 8] >> (bit % 8) & 1;
                    assertThat(chunk.get(ValueLayout.JAVA_BYTE, at) >> (row % 8) & 1)
                            .isEqualTo(expected);
                }
            }
        }
    }

    private static byte[] plain(int rowBytes, int rows) {
        byte[] plain = new byte[rowBytes * rows];
        new Random(rowBytes * 31L + rows).nextBytes(plain);
        return plain;
    }

    private static byte[] read(SlicedLayout layout, MemorySegment chunk) {
        byte[] found = new byte[(int) layout.bytes()];
        for (int row = 0; row < layout.rows(); row++) {
            layout.read(chunk, row, found, row * layout.rowBytes());
        }
        return found;
    }
}
