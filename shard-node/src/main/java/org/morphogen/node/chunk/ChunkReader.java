package org.morphogen.node.chunk;

import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Map;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.morphogen.node.layout.SlicedLayout;
import org.morphogen.snapshot.Sha256;

/** Reads chunk files into off-heap memory, slicing the rows and checking length and SHA-256 on the way. */
public final class ChunkReader {
    private ChunkReader() {}

    /**
     * The chunk in {@code file}, sliced, in memory that the caller owns. Fails with SNAPSHOT_INVALID when length or
     * checksum are wrong, with CAPACITY_LACKING, or with STORAGE_FAILED; then no memory stays taken.
     */
    public static ChunkMemory read(Path file, SlicedLayout layout, String sha256, MemoryBudget budget) {
        return read(file, 0, layout, sha256, budget);
    }

    /** The same for rows that begin {@code headBytes} behind the file's beginning. */
    public static ChunkMemory read(Path file, int headBytes, SlicedLayout layout, String sha256, MemoryBudget budget) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            long expected = headBytes + layout.bytes();
            if (channel.size() != expected) {
                throw corrupted(file, "has " + channel.size() + " bytes, not " + expected);
            }
            channel.position(headBytes);
            ChunkMemory memory = ChunkMemory.allocate(layout.bytes(), budget);
            boolean sound = false;
            try {
                String found = fill(channel, layout, memory.rows());
                if (!found.equals(sha256)) {
                    throw corrupted(file, "does not have the checksum that is stated for it");
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

    private static String fill(FileChannel channel, SlicedLayout layout, MemorySegment chunk) throws IOException {
        MessageDigest digest = Sha256.digest();
        int pieceRows = Math.min(layout.rows(), SlicedLayout.TILE_ROWS);
        ByteBuffer plain = ByteBuffer.allocateDirect(pieceRows * layout.rowBytes());
        for (int row = 0; row < layout.rows(); row += pieceRows) {
            plain.clear().limit(Math.min(pieceRows, layout.rows() - row) * layout.rowBytes());
            while (plain.hasRemaining()) {
                if (channel.read(plain) < 0) {
                    throw new EOFException("the file became shorter while it was read");
                }
            }
            digest.update(plain.flip());
            layout.write(MemorySegment.ofBuffer(plain.flip()), chunk, row);
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static MorphogenException corrupted(Path file, String what) {
        return new MorphogenException(FailureReason.SNAPSHOT_INVALID, file + " " + what + ".", Map.of());
    }
}
