package org.morphogen.node.pull;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import org.morphogen.node.chunk.DurableFile;
import org.morphogen.node.chunk.Storage;
import org.morphogen.snapshot.Sha256;

/**
 * Pulls chunk files to disk. Bytes go into a part file, which a broken connection, a full disk or a restart leaves
 * behind for the next try to go on from; it becomes the chunk file only when its SHA-256 is right. Thread-safe for
 * different chunks.
 */
public final class ChunkPull {
    private static final int DOWNLOADS_PER_SOURCE = 2;

    private final SnapshotSources sources;
    private final PartFile.Opener opener;

    /** Pulls from {@code sources}, writing through {@code opener}. */
    public ChunkPull(SnapshotSources sources, PartFile.Opener opener) {
        this.sources = sources;
        this.opener = opener;
    }

    /** One chunk to pull: its name and length at the source, its checksum, and the two files here. */
    public record Target(String file, long bytes, String sha256, Path part, Path complete) {}

    /**
     * Tries every source once. On success the file is complete, right and durable. Fails with STORAGE_FAILED,
     * PARTY_MISBEHAVES, or whatever the last source answered.
     */
    public void pull(Target target) {
        try {
            DurableFile.createFolders(Objects.requireNonNull(target.complete().getParent()));
        } catch (IOException noFolder) {
            throw Storage.failed("create the folder of", target.complete(), noFolder);
        }
        Path verified = sources.firstThat(source -> download(source, target));
        try {
            DurableFile.move(verified, target.complete());
        } catch (IOException stuck) {
            throw Storage.failed("rename", verified, stuck);
        }
    }

    /**
     * The part file with the right bytes in it. Wrong bytes may stem from an earlier source or run, so this source gets
     * a second chance from the start.
     */
    private Path download(SnapshotSource source, Target target) {
        long there = 0;
        try (PartFile part = opener.open(target.part())) {
            for (int i = 0; i < DOWNLOADS_PER_SOURCE; i++) {
                there = part.length();
                complete(source, target, part);
                if (Sha256.of(target.part()).equals(target.sha256())) {
                    return target.part();
                }
                part.clear();
            }
        } catch (IOException diskFailed) {
            throw Storage.failed(
                    "write the missing " + (target.bytes() - there) + " bytes of", target.part(), diskFailed);
        }
        throw wanted(target)
                .misbehaves(source.name(), "sent bytes that do not have the checksum which the manifest states");
    }

    private void complete(SnapshotSource source, Target target, PartFile part) throws IOException {
        if (part.length() > target.bytes()) {
            part.clear();
        }
        if (part.length() < target.bytes()) {
            source.fetch(sources.snapshot(), wanted(target), part.length(), SnapshotSources.LONGEST_CALL, part::append);
        }
        part.sync();
    }

    private static WantedFile wanted(Target target) {
        return WantedFile.exactly(target.file(), target.bytes());
    }
}
