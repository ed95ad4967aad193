package org.morphogen.coordinator.building;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.morphogen.coordinator.building.input.InputFormat;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.morphogen.row.RowSchema;
import org.morphogen.snapshot.Manifest;
import org.morphogen.snapshot.Sha256;
import org.morphogen.snapshot.SnapshotDirectory;

@Timeout(value = 20, unit = TimeUnit.SECONDS)
class SnapshotVerifierTest {
    private static final String CHUNK = "accounts/way-1/chunk-00000.rows";
    private static final int ROW_BYTES = 32;

    @TempDir
    Path folder;

    @BeforeEach
    void build() {
        RandomAccounts accounts = new RandomAccounts(300, 4);
        Plans.build(
                Plans.plan(new TablePlan("accounts", RowSchema.parse("account-32"), accounts, InputFormat.CSV)), out());
    }

    @Test
    void soundSnapshotIsCounted() {
        SnapshotVerifier.Result result = SnapshotVerifier.verify(SnapshotDirectory.open(out()));

        assertThat(result.files()).isEqualTo(4);
        assertThat(result.rows()).isEqualTo(384);
        assertThat(result.rowsInUse()).isEqualTo(300);
        assertThat(result.bytes()).isEqualTo(384 * ROW_BYTES + 32);
    }

    @Test
    void flippedByteIsFound() throws IOException {
        byte[] bytes = Files.readAllBytes(out().resolve(CHUNK));
        bytes[1000] ^= 0x10;
        Files.write(out().resolve(CHUNK), bytes);

        verifyFails().hasMessageContaining(CHUNK).hasMessageContaining("checksum");
    }

    @Test
    void truncatedAndMissingChunksAreFound() throws IOException {
        byte[] bytes = Files.readAllBytes(out().resolve(CHUNK));
        Files.write(out().resolve(CHUNK), Arrays.copyOf(bytes, bytes.length - ROW_BYTES));
        verifyFails().hasMessageContaining(CHUNK).hasMessageContaining("4064 bytes, not 4096");

        Files.delete(out().resolve(CHUNK));
        verifyFails().hasMessageContaining(CHUNK).hasMessageContaining("missing");
    }

    /** Checksums that were made to fit do not hide a row that nobody could have written. */
    @Test
    void rowWithValueButNoTagIsFound() throws IOException {
        int row = firstRow(true);
        rewrite(row, 0, new byte[8]);
        verifyFails().hasMessageContaining(CHUNK + " row " + row).hasMessageContaining("tag");
    }

    @Test
    void codeIdOutsideTheDictionaryIsFound() throws IOException {
        int row = firstRow(true);
        rewrite(row, 28, new byte[] {0, 0, 0, 9});
        verifyFails().hasMessageContaining(CHUNK + " row " + row).hasMessageContaining("code id");
    }

    @Test
    void rowTooManyIsFound() throws IOException {
        rewrite(firstRow(false), 0, new byte[] {1});
        verifyFails().hasMessageContaining("301 rows in use for 300 keys");
    }

    private Path out() {
        return folder.resolve("snapshot");
    }

    private int firstRow(boolean inUse) throws IOException {
        byte[] bytes = Files.readAllBytes(out().resolve(CHUNK));
        for (int row = 0; row < bytes.length / ROW_BYTES; row++) {
            if ((bytes[row * ROW_BYTES] != 0) == inUse) {
                return row;
            }
        }
        throw new AssertionError("no such row");
    }

    private void rewrite(int row, int offset, byte[] with) throws IOException {
        byte[] bytes = Files.readAllBytes(out().resolve(CHUNK));
        String before = Sha256.of(bytes);
        System.arraycopy(with, 0, bytes, row * ROW_BYTES + offset, with.length);
        Files.write(out().resolve(CHUNK), bytes);
        Path manifest = out().resolve(Manifest.FILE);
        Files.writeString(manifest, Files.readString(manifest).replace(before, Sha256.of(bytes)));
    }

    private AbstractThrowableAssert<?, ? extends Throwable> verifyFails() {
        return assertThatThrownBy(() -> SnapshotVerifier.verify(SnapshotDirectory.open(out())))
                .isInstanceOfSatisfying(
                        MorphogenException.class,
                        failure -> assertThat(failure.reason()).isEqualTo(FailureReason.SNAPSHOT_INVALID));
    }
}
