package org.morphogen.node.pull;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.morphogen.snapshot.Manifest;
import org.morphogen.snapshot.ManifestCodec;

/** Pulls the manifest, which is small, into memory. Thread-safe. */
public final class ManifestPull {
    private ManifestPull() {}

    /**
     * The bytes of the manifest whose SHA-256 is the snapshot's digest, from the first source that has them.
     *
     * @param longest most time for one source
     */
    public static byte[] pull(SnapshotSources sources, Duration longest) {
        return sources.firstThat(source -> fetch(sources, source, longest));
    }

    private static byte[] fetch(SnapshotSources sources, SnapshotSource source, Duration longest) {
        WantedFile file = new WantedFile(Manifest.FILE, 1, ManifestCodec.MAX_BYTES);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            source.fetch(sources.snapshot(), file, 0, longest, data -> append(data, bytes));
        } catch (IOException impossible) {
            throw new UncheckedIOException("memory does not fail", impossible);
        }
        byte[] manifest = bytes.toByteArray();
        if (!ManifestCodec.digest(manifest).equals(sources.snapshot())) {
            throw file.misbehaves(
                    source.name(),
                    "sent a manifest that is not of snapshot "
                            + sources.snapshot().brief());
        }
        return manifest;
    }

    private static void append(ByteBuffer data, ByteArrayOutputStream bytes) {
        byte[] piece = new byte[data.remaining()];
        data.get(piece);
        bytes.writeBytes(piece);
    }
}
