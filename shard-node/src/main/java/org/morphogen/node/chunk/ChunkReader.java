package org.morphogen.node.chunk;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Map;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.morphogen.snapshot.Sha256;

/** Reads chunk files straight into off-heap memory, checking length and SHA-256 on the way. */
public final class ChunkReader {
    private static final int PIECE_BYTES = 1 << 20;

    private ChunkReader() {}

    /**
     * The chunk in {@code file}, in memory that the caller owns. Fails with SNAPSHOT_INVALID when length or checksum
     * are wrong, with CAPACITY_LACKING, or with STORAGE_FAILED; then no memory stays taken.
     */
    public static ChunkMemory read(Path file, long bytes, String sha256, MemoryBudget budget) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            if (channel.size() != bytes) {
                throw corrupted(file, "has " + channel.size() + " bytes, not " + bytes);
            }
            ChunkMemory memory = ChunkMemory.allocate(bytes, budget);
            boolean sound = false;
            try {
                String found = fill(channel, memory.rows().asByteBuffer());
                if (!found.equals(sha256)) {
                    throw corrupted(file, "does not have the checksum that the manifest states");
                }
                sound = true;
                return memory;
            } finally {
                if (!sound) {
                    memory.release();
                }
            }
        } catch (IOException unreadable) {
            throw Storage.failed("read", file, unreadable);
        }
    }

    private static String fill(FileChannel channel, ByteBuffer rows) throws IOException {
        MessageDigest digest = Sha256.digest();
        int limit = rows.capacity();
        while (rows.position() < limit) {
            int from = rows.position();
            rows.limit(Math.min(limit, from + PIECE_BYTES));
            if (channel.read(rows) < 0) {
                throw new EOFException("the file became shorter while it was read");
            }
            digest.update(rows.duplicate().flip().position(from));
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static MorphogenException corrupted(Path file, String what) {
        return new MorphogenException(FailureReason.SNAPSHOT_INVALID, file + " " + what + ".", Map.of());
    }
}
