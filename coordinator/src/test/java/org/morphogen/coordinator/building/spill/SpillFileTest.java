package org.morphogen.coordinator.building.spill;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.morphogen.row.RowSchema;

@Timeout(value = 30, unit = TimeUnit.SECONDS)
class SpillFileTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"account-32", "account-64", "slot-48", "bytes-16", "bytes-4096"})
    void givesBackWhatWasAppended(String name) throws IOException {
        long seed = name.hashCode();
        Random random = new Random(seed);
        RowSchema schema = RowSchema.parse(name);
        List<byte[]> keys = new ArrayList<>();
        List<byte[]> rows = new ArrayList<>();
        Path file = folder.resolve("spill");
        try (SpillWriter writer = new SpillWriter(file, schema)) {
            for (int i = 0; i < 500; i++) {
                int spread = schema.maxKeyBytes() - schema.minKeyBytes();
                keys.add(randomBytes(random, schema.minKeyBytes() + random.nextInt(spread + 1)));
                rows.add(randomBytes(random, schema.rowBytes()));
                writer.append((1L << 40) + i, keys.get(i), keys.get(i).length, rows.get(i));
            }
            assertThat(writer.records()).isEqualTo(500);
        }
        try (SpillFile spill = SpillFile.open(file, schema)) {
            assertThat(spill.size()).isEqualTo(500);
            for (int i = 499; i >= 0; i--) {
                byte[] row = new byte[schema.rowBytes() + 5];
                spill.copyRow(i, row, 5);
                assertThat(spill.line(i)).isEqualTo((1L << 40) + i);
                assertThat(spill.keys().key(i)).as("seed %d record %d", seed, i).isEqualTo(keys.get(i));
                assertThat(Arrays.copyOfRange(row, 0, 13)).containsOnly(0);
                assertThat(Arrays.copyOfRange(row, 13, row.length))
                        .isEqualTo(Arrays.copyOfRange(rows.get(i), 8, schema.rowBytes()));
            }
        }
    }

    @Test
    void keysAreTheSameOnlyWithTheSameLength() throws IOException {
        RowSchema schema = RowSchema.parse("bytes-16");
        Path file = folder.resolve("spill");
        try (SpillWriter writer = new SpillWriter(file, schema)) {
            byte[] row = new byte[16];
            writer.append(1, new byte[] {7, 0}, 2, row);
            writer.append(2, new byte[] {7, 0}, 1, row);
            writer.append(3, new byte[] {7, 0, 9}, 2, row);
        }
        try (SpillFile spill = SpillFile.open(file, schema)) {
            assertThat(spill.sameKey(0, 1)).isFalse();
            assertThat(spill.sameKey(0, 2)).isTrue();
        }
    }

    @Test
    void emptyFileHasNoRecords() throws IOException {
        RowSchema schema = RowSchema.parse("account-32");
        Path file = folder.resolve("spill");
        new SpillWriter(file, schema).close();
        try (SpillFile spill = SpillFile.open(file, schema)) {
            assertThat(spill.size()).isZero();
        }
    }

    private static byte[] randomBytes(Random random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }
}
