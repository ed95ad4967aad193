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

/** Reads chunk files into memory, checking length and SHA-256 on the way. */
public final class ChunkReader {
    private ChunkReader() {}

    /**
     * The chunk in {@code file} in memory that the caller owns. Fails with SNAPSHOT_INVALID when length or checksum are
     * wrong, with CAPACITY_LACKING, or with STORAGE_FAILED; then no memory stays taken.
     */
    public static ChunkMemory read(Path file, int rowBytes, int rows, String sha256, RowMemory memory) {
        return read(file, 0, rowBytes, rows, sha256, memory);
    }

    /** The same for rows that begin {@code headBytes} behind the file's beginning. */
    public static ChunkMemory read(Path file, int headBytes, int rowBytes, int rows, String sha256, RowMemory memory) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            long expected = headBytes + (long) rows * rowBytes;
            if (channel.size() != expected) {
                throw corrupted(file, "has " + channel.size() + " bytes, not " + expected);
            }
            channel.position(headBytes);
            ChunkMemory chunk = ChunkMemory.allocate(rowBytes, rows, memory);
            boolean sound = false;
            try {
                String found = fill(channel, chunk.rows());
                if (!found.equals(sha256)) {
                    throw corrupted(file, "does not have the checksum that is stated for it");
                }
                chunk.rows().written();
                sound = true;
                return chunk;
            } finally {
                if (!sound) {
                    chunk.release();
                }
            }
        } catch (IOException unreadable) {
            throw Storage.failed("read", file, unreadable);
        }
    }

    private static String fill(FileChannel channel, ChunkRows chunk) throws IOException {
        MessageDigest digest = Sha256.digest();
        int pieceRows = Math.min(chunk.rows(), SlicedLayout.TILE_ROWS);
        ByteBuffer plain = ByteBuffer.allocateDirect(pieceRows * chunk.rowBytes());
        for (int row = 0; row < chunk.rows(); row += pieceRows) {
            plain.clear().limit(Math.min(pieceRows, chunk.rows() - row) * chunk.rowBytes());
            while (plain.hasRemaining()) {
                if (channel.read(plain) < 0) {
                    throw new EOFException("the file became shorter while it was read");
                }
            }
            digest.update(plain.flip());
            chunk.write(MemorySegment.ofBuffer(plain.flip()), row);
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static MorphogenException corrupted(Path file, String what) {
        return new MorphogenException(FailureReason.SNAPSHOT_INVALID, file + " " + what + ".", Map.of());
    }
}
