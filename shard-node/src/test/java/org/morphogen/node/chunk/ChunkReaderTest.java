package org.morphogen.node.chunk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.morphogen.snapshot.Sha256;

@Timeout(value = 30, unit = TimeUnit.SECONDS)
class ChunkReaderTest {
    /** More than one tile, and no multiple of it. */
    private static final int ROWS = 1024 * 40 + 384;

    private static final int ROW_BYTES = 48;
    private static final int BYTES = ROWS * ROW_BYTES;

    @TempDir
    private Path folder;

    private final MemoryBudget budget = new MemoryBudget(8 << 20);
    private final byte[] rows = new byte[BYTES];
    private Path file;

    @BeforeEach
    void writeChunk() throws IOException {
        new Random(1).nextBytes(rows);
        file = Files.write(folder.resolve("chunk"), rows);
    }

    @Test
    void readsTheFilesBytes() {
        ChunkMemory memory = ChunkReader.read(file, ROW_BYTES, ROWS, Sha256.of(rows), new HostMemory(budget));

        byte[] found = new byte[BYTES];
        memory.rows().read(0, ROWS, found, 0);
        assertThat(found).isEqualTo(rows);
        memory.release();
    }

    @Test
    void refusesAFlippedBitAndKeepsNoMemory() throws IOException {
        String right = Sha256.of(rows);
        rows[BYTES - 1] ^= 1;
        Files.write(file, rows);

        assertRefused(ROWS, right, FailureReason.SNAPSHOT_INVALID, "checksum");
    }

    @Test
    void refusesAnotherLength() {
        assertRefused(ROWS + 128, Sha256.of(rows), FailureReason.SNAPSHOT_INVALID, "bytes, not");
    }

    @Test
    void tellsThatTheFileIsMissing() throws IOException {
        Files.delete(file);

        assertRefused(ROWS, Sha256.of(rows), FailureReason.STORAGE_FAILED, "no such file");
    }

    private void assertRefused(int rowCount, String sha256, FailureReason reason, String why) {
        assertThatThrownBy(() -> ChunkReader.read(file, ROW_BYTES, rowCount, sha256, new HostMemory(budget)))
                .hasMessageContaining(file.toString())
                .hasMessageContaining(why)
                .isInstanceOfSatisfying(
                        MorphogenException.class,
                        failure -> assertThat(failure.reason()).isEqualTo(reason));
        assertThat(budget.usedBytes()).isZero();
    }
}
