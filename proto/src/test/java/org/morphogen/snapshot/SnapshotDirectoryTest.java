package org.morphogen.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.AbstractThrowableAssert;
import org.assertj.core.api.ThrowableAssert;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;

@Timeout(value = 30, unit = TimeUnit.SECONDS)
class SnapshotDirectoryTest {
    private static final String CHUNK = "accounts/way-1/chunk-00001.rows";

    @TempDir
    Path folder;

    @BeforeEach
    void write() throws IOException {
        SampleSnapshot.write(folder);
    }

    @Test
    void soundSnapshotIsVerifiedFileByFile() {
        SnapshotDirectory snapshot = SnapshotDirectory.open(folder);
        List<String> verified = new ArrayList<>();

        snapshot.verify((file, bytes) -> verified.add(file));

        assertThat(verified)
                .containsExactlyInAnyOrderElementsOf(snapshot.manifest().files());
        assertThat(snapshot.manifest()).isEqualTo(SampleSnapshot.manifest());
        assertThat(snapshot.digest()).isEqualTo(ManifestCodec.digest(ManifestCodec.encode(SampleSnapshot.manifest())));
    }

    @Test
    void givesPathsOfListedFilesOnly() {
        SnapshotDirectory snapshot = SnapshotDirectory.open(folder);

        assertThat(snapshot.path(CHUNK)).isEqualTo(folder.resolve(CHUNK));
        assertThat(snapshot.path(Manifest.FILE)).isEqualTo(folder.resolve(Manifest.FILE));
        for (String other : List.of("../manifest.json", "/etc/passwd", "accounts", "", "accounts/../manifest.json")) {
            failsWith(FailureReason.SNAPSHOT_UNKNOWN, () -> snapshot.path(other));
        }
    }

    @Test
    void flippedBitIsFound() throws IOException {
        try (RandomAccessFile chunk = new RandomAccessFile(folder.resolve(CHUNK).toFile(), "rw")) {
            chunk.seek(77);
            int was = chunk.read();
            chunk.seek(77);
            chunk.write(was ^ 1);
        }
        verifyFails().hasMessageContaining(CHUNK).hasMessageContaining("checksum");
    }

    @Test
    void truncatedChunkIsFound() throws IOException {
        try (RandomAccessFile chunk = new RandomAccessFile(folder.resolve(CHUNK).toFile(), "rw")) {
            chunk.setLength(chunk.length() - 1);
        }
        verifyFails().hasMessageContaining(CHUNK).hasMessageContaining("4095 bytes, not 4096");
    }

    @Test
    void missingChunkIsFound() throws IOException {
        Files.delete(folder.resolve(CHUNK));
        verifyFails().hasMessageContaining(CHUNK).hasMessageContaining("missing");
    }

    @Test
    void missingDictionaryIsFound() throws IOException {
        Files.delete(folder.resolve(DictionaryEntry.fileName("accounts")));
        verifyFails().hasMessageContaining("code-hashes.bin").hasMessageContaining("missing");
    }

    @Test
    void folderWithoutManifestIsNoSnapshot() throws IOException {
        Files.delete(folder.resolve(Manifest.FILE));
        failsWith(FailureReason.SNAPSHOT_UNKNOWN, () -> SnapshotDirectory.open(folder));
    }

    @Test
    void oversizedManifestIsNotRead() throws IOException {
        try (RandomAccessFile manifest =
                new RandomAccessFile(folder.resolve(Manifest.FILE).toFile(), "rw")) {
            manifest.setLength(ManifestCodec.MAX_BYTES + 1L);
        }
        failsWith(FailureReason.SNAPSHOT_INVALID, () -> SnapshotDirectory.open(folder))
                .hasMessageContaining("too large");
    }

    @Test
    void truncatedManifestIsRefused() throws IOException {
        Path manifest = folder.resolve(Manifest.FILE);
        Files.writeString(manifest, Files.readString(manifest).substring(0, 400));
        failsWith(FailureReason.SNAPSHOT_INVALID, () -> SnapshotDirectory.open(folder))
                .hasMessageContaining(Manifest.FILE);
    }

    private AbstractThrowableAssert<?, ? extends Throwable> verifyFails() {
        SnapshotDirectory snapshot = SnapshotDirectory.open(folder);
        return failsWith(FailureReason.SNAPSHOT_INVALID, () -> snapshot.verify(SnapshotDirectory.Progress.SILENT));
    }

    private static AbstractThrowableAssert<?, ? extends Throwable> failsWith(
            FailureReason reason, ThrowableAssert.ThrowingCallable call) {
        return assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        MorphogenException.class,
                        failure -> assertThat(failure.reason()).isEqualTo(reason));
    }
}
