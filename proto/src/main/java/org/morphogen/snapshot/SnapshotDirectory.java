package org.morphogen.snapshot;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;

/**
 * A snapshot on disk whose manifest has been read and found sound. Its other files are looked at only by
 * {@link #verify}. Thread-safe.
 */
public final class SnapshotDirectory {
    private final Path folder;
    private final Manifest manifest;
    private final SnapshotDigest digest;

    private SnapshotDirectory(Path folder, Manifest manifest, SnapshotDigest digest) {
        this.folder = folder;
        this.manifest = manifest;
        this.digest = digest;
    }

    /** Opens a folder; fails with SNAPSHOT_UNKNOWN or SNAPSHOT_INVALID. */
    public static SnapshotDirectory open(Path folder) {
        Path file = folder.resolve(Manifest.FILE);
        if (!Files.isRegularFile(file)) {
            throw new MorphogenException(
                    FailureReason.SNAPSHOT_UNKNOWN, "There is no " + Manifest.FILE + " in " + folder + ".");
        }
        try {
            if (Files.size(file) > ManifestCodec.MAX_BYTES) {
                throw new MorphogenException(FailureReason.SNAPSHOT_INVALID, file + " is too large for a manifest.");
            }
            byte[] bytes = Files.readAllBytes(file);
            return new SnapshotDirectory(folder, ManifestCodec.decode(bytes), ManifestCodec.digest(bytes));
        } catch (IOException unreadable) {
            throw new MorphogenException(
                    FailureReason.STORAGE_FAILED, "Cannot read " + file + ".", Map.of(), unreadable);
        }
    }

    /** Where it lies. */
    public Path folder() {
        return folder;
    }

    /** What it holds. */
    public Manifest manifest() {
        return manifest;
    }

    /** Its name. */
    public SnapshotDigest digest() {
        return digest;
    }

    /** Path of the manifest or of a file that it lists; fails with SNAPSHOT_UNKNOWN for any other name. */
    public Path path(String file) {
        if (!file.equals(Manifest.FILE) && !manifest.files().contains(file)) {
            throw new MorphogenException(FailureReason.SNAPSHOT_UNKNOWN, "The snapshot has no file of that name.");
        }
        return folder.resolve(file);
    }

    /** Checks length and SHA-256 of every file; fails with SNAPSHOT_INVALID naming the first that is wrong. */
    public void verify(Progress progress) {
        for (TableManifest table : manifest.tables()) {
            table.dictionary().ifPresent(d -> verifyFile(d.file(), d.bytes(), d.sha256(), progress));
            for (ChunkEntry chunk : table.chunks()) {
                verifyFile(chunk.file(), (long) chunk.rows() * table.rowBytes(), chunk.sha256(), progress);
            }
        }
    }

    private void verifyFile(String file, long bytes, String sha256, Progress progress) {
        Path path = folder.resolve(file);
        try {
            if (!Files.isRegularFile(path)) {
                throw invalid(file + " is missing");
            }
            if (Files.size(path) != bytes) {
                throw invalid(file + " has " + Files.size(path) + " bytes, not " + bytes);
            }
            if (!Sha256.of(path).equals(sha256)) {
                throw invalid(file + " does not have the checksum that the manifest states");
            }
        } catch (IOException unreadable) {
            throw new MorphogenException(
                    FailureReason.STORAGE_FAILED, "Cannot read " + path + ".", Map.of(), unreadable);
        }
        progress.verified(file, bytes);
    }

    private MorphogenException invalid(String what) {
        return new MorphogenException(FailureReason.SNAPSHOT_INVALID, "In " + folder + ", " + what + ".");
    }

    /** Told of every file that was found sound. */
    @FunctionalInterface
    public interface Progress {
        /** Tells nobody. */
        Progress SILENT = (file, bytes) -> {};

        /** {@code file} of {@code bytes} bytes is sound. */
        void verified(String file, long bytes);
    }
}
