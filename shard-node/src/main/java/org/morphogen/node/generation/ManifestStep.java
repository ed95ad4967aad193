package org.morphogen.node.generation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.morphogen.node.chunk.DurableFile;
import org.morphogen.node.chunk.GenerationFolder;
import org.morphogen.node.chunk.Storage;
import org.morphogen.node.pull.ManifestPull;
import org.morphogen.node.pull.SnapshotSources;
import org.morphogen.snapshot.Manifest;
import org.morphogen.snapshot.ManifestCodec;
import org.morphogen.snapshot.SnapshotDigest;

/** The manifest of a wish: from disk if the right one is there, else from the sources. */
record ManifestStep(HoldWish wish, GenerationFolder folder, SnapshotSources sources) {
    private static final Duration LONGEST_PULL = Duration.ofSeconds(60);

    /** The manifest, which is on disk afterwards and lists every wanted chunk. */
    Manifest run() {
        Optional<Manifest> kept = kept(folder, wish.snapshot());
        Manifest manifest = kept.isPresent() ? kept.get() : keep(folder, ManifestPull.pull(sources, LONGEST_PULL));
        SnapshotChunks.requireListed(manifest, wish.chunks());
        return manifest;
    }

    /** The manifest on disk; empty when there is none or not the right one. */
    static Optional<Manifest> kept(GenerationFolder folder, SnapshotDigest snapshot) {
        Path file = folder.manifestFile();
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            if (Files.size(file) > ManifestCodec.MAX_BYTES) {
                return Optional.empty();
            }
            byte[] bytes = Files.readAllBytes(file);
            return ManifestCodec.digest(bytes).equals(snapshot)
                    ? Optional.of(ManifestCodec.decode(bytes))
                    : Optional.empty();
        } catch (IOException unreadable) {
            throw Storage.failed("read", file, unreadable);
        }
    }

    /** Decodes a manifest and puts it on disk. */
    static Manifest keep(GenerationFolder folder, byte[] bytes) {
        Manifest manifest = ManifestCodec.decode(bytes);
        folder.create();
        try {
            DurableFile.write(folder.manifestFile(), bytes);
        } catch (IOException stuck) {
            throw Storage.failed("write", folder.manifestFile(), stuck);
        }
        return manifest;
    }
}
