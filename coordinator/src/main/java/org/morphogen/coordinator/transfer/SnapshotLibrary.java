package org.morphogen.coordinator.transfer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.morphogen.snapshot.Manifest;
import org.morphogen.snapshot.SnapshotDigest;
import org.morphogen.snapshot.SnapshotDirectory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The snapshots in this coordinator's snapshot directory, one folder each, by name and by digest. Digests are indexed;
 * an unknown one makes it look again, at most once a second, and only changed manifests are read again. Thread-safe.
 */
public final class SnapshotLibrary {
    private static final Logger LOG = LoggerFactory.getLogger(SnapshotLibrary.class);
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,127}");
    private static final Duration PAUSE_BETWEEN_SCANS = Duration.ofSeconds(1);
    private static final int MAX_SNAPSHOTS = 1_000;

    private final Path directory;
    private Map<Path, Indexed> byFolder = Map.of();
    private volatile Map<SnapshotDigest, Indexed> byDigest = Map.of();
    private long scannedNanos = System.nanoTime() - PAUSE_BETWEEN_SCANS.toNanos();

    /** A library of the folders right below {@code directory}. */
    public SnapshotLibrary(Path directory) {
        this.directory = directory;
    }

    /**
     * The snapshot in the folder of that name, its manifest read anew.
     *
     * @throws MorphogenException REQUEST_INVALID for anything but a plain folder name; SNAPSHOT_UNKNOWN,
     *     SNAPSHOT_INVALID
     */
    public SnapshotDirectory named(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new MorphogenException(
                    FailureReason.REQUEST_INVALID,
                    "snapshot: must be the name of a folder in the coordinator's snapshot directory: letters, digits,"
                            + " dots, dashes and underscores, no path.");
        }
        return SnapshotDirectory.open(directory.resolve(name));
    }

    /** The snapshot of that digest; fails with SNAPSHOT_UNKNOWN. */
    public SnapshotDirectory find(SnapshotDigest digest) {
        Indexed known = byDigest.get(digest);
        if (known != null && known.isCurrent()) {
            return known.snapshot();
        }
        scan();
        Indexed found = byDigest.get(digest);
        if (found == null || !found.isCurrent()) {
            throw new MorphogenException(
                    FailureReason.SNAPSHOT_UNKNOWN,
                    "This coordinator has no snapshot " + digest.brief() + "... in its snapshot directory.");
        }
        return found.snapshot();
    }

    private synchronized void scan() {
        if (System.nanoTime() - scannedNanos < PAUSE_BETWEEN_SCANS.toNanos()) {
            return;
        }
        Map<Path, Indexed> seen = new HashMap<>();
        for (Path folder : folders()) {
            Indexed indexed = index(folder);
            if (indexed != null) {
                seen.put(folder, indexed);
            }
        }
        Map<SnapshotDigest, Indexed> digests = new HashMap<>();
        seen.values().forEach(indexed -> digests.put(indexed.snapshot().digest(), indexed));
        byFolder = seen;
        byDigest = Map.copyOf(digests);
        scannedNanos = System.nanoTime();
    }

    private List<Path> folders() {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.filter(folder ->
                            NAME.matcher(String.valueOf(folder.getFileName())).matches())
                    .filter(folder -> Files.isRegularFile(folder.resolve(Manifest.FILE)))
                    .sorted()
                    .limit(MAX_SNAPSHOTS)
                    .toList();
        } catch (IOException unreadable) {
            throw new MorphogenException(
                    FailureReason.STORAGE_FAILED, "Cannot list " + directory + ".", Map.of(), unreadable);
        }
    }

    /** The folder's entry, the old one where the manifest has not changed; null for a broken snapshot. */
    private @Nullable Indexed index(Path folder) {
        try {
            Indexed old = byFolder.get(folder);
            Stamp now = Stamp.of(folder);
            return old != null && old.stamp().equals(now) ? old : new Indexed(SnapshotDirectory.open(folder), now);
        } catch (IOException | MorphogenException broken) {
            LOG.warn("Passing over {}: {}", folder, broken.getMessage());
            return null;
        }
    }

    /** A snapshot as it was when its manifest was read. */
    private record Indexed(SnapshotDirectory snapshot, Stamp stamp) {
        /** False once another snapshot has been put into its place. */
        boolean isCurrent() {
            try {
                return Stamp.of(snapshot.folder()).equals(stamp);
            } catch (IOException gone) {
                return false;
            }
        }
    }

    /** Tells one manifest file from another without reading it. */
    private record Stamp(long bytes, FileTime modified, Optional<Object> fileKey) {
        static Stamp of(Path folder) throws IOException {
            BasicFileAttributes now = Files.readAttributes(folder.resolve(Manifest.FILE), BasicFileAttributes.class);
            return new Stamp(now.size(), now.lastModifiedTime(), Optional.ofNullable(now.fileKey()));
        }
    }
}
