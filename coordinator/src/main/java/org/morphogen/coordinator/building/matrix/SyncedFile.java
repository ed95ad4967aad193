package org.morphogen.coordinator.building.matrix;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.HexFormat;
import org.morphogen.snapshot.Sha256;

/** A new file that is hashed while it is written and synced at its end. Not thread-safe. */
public final class SyncedFile implements AutoCloseable {
    private final FileChannel channel;
    private final MessageDigest sha256 = Sha256.digest();

    /** Creates the file, which must not be there yet. */
    public SyncedFile(Path file) throws IOException {
        channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    }

    /** Writes a whole file; gives its SHA-256. */
    public static String write(Path file, byte[] bytes) throws IOException {
        try (SyncedFile out = new SyncedFile(file)) {
            out.append(bytes, bytes.length);
            return out.finish();
        }
    }

    /** Appends the first {@code length} bytes. */
    public void append(byte[] bytes, int length) throws IOException {
        sha256.update(bytes, 0, length);
        ByteBuffer left = ByteBuffer.wrap(bytes, 0, length);
        while (left.hasRemaining()) {
            channel.write(left);
        }
    }

    /** Brings everything to the disk; gives the file's SHA-256. Once only. */
    public String finish() throws IOException {
        channel.force(true);
        return HexFormat.of().formatHex(sha256.digest());
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
