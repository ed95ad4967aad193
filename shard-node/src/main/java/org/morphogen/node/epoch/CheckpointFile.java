package org.morphogen.node.epoch;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.zip.CRC32C;
import org.morphogen.epoch.Epoch;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.morphogen.node.chunk.ChunkMemory;
import org.morphogen.node.chunk.ChunkReader;
import org.morphogen.node.chunk.ChunkRows;
import org.morphogen.node.chunk.RowMemory;
import org.morphogen.node.chunk.Storage;
import org.morphogen.node.pull.DiskPartFile;
import org.morphogen.row.Bytes32;
import org.morphogen.snapshot.BlockInfo;
import org.morphogen.snapshot.Sha256;

/**
 * A chunk on disk as it was at an epoch later than the snapshot's: a head of {@value #HEAD_BYTES} bytes, then the rows as
 * in a snapshot's chunk file. The head, integers big endian:
 *
 * <pre>
 * 0 "morphck1" | 8 epoch | 16 digest | 48 block number | 56 block hash | 88 state root | 120 SHA-256 of the rows
 * | 152 zeros | 252 CRC-32C of all before
 * </pre>
 */
public final class CheckpointFile {
    static final int HEAD_BYTES = 256;

    private static final int CHECKSUM_AT = HEAD_BYTES - Integer.BYTES;
    private static final long MAGIC = 0x6d_6f_72_70_68_63_6b_31L; // "morphck1"

    private CheckpointFile() {}

    /** A chunk's rows in memory that the caller owns, and the epoch that they stand at. */
    public record Loaded(Epoch epoch, ChunkMemory memory) {}

    /**
     * Writes a chunk as it was at an epoch, while it may be scanned and merged. Once this returns the file survives a
     * crash; until then an older one does. Fails with IOException.
     *
     * @param rows the chunk's, held by the caller
     */
    static void write(Path file, ChunkAtEpoch chunk, ChunkRows rows, StepWatch watch) throws IOException {
        try (CheckpointWriter writer = CheckpointWriter.begin(DiskPartFile::open, file, watch)) {
            chunk.forEachPiece(rows, (piece, bytes) -> writer.append(ByteBuffer.wrap(piece, 0, bytes)));
            writer.finish(chunk.epoch().epoch());
        }
    }

    /** SHA-256 of a chunk's rows as they were at an epoch. */
    static byte[] digest(ChunkAtEpoch chunk, ChunkRows rows) {
        MessageDigest digest = Sha256.digest();
        chunk.forEachPiece(rows, (piece, bytes) -> digest.update(piece, 0, bytes));
        return digest.digest();
    }

    /**
     * Reads a chunk into memory that the caller owns. Fails with SNAPSHOT_INVALID when the file is damaged, with
     * CAPACITY_LACKING, or with STORAGE_FAILED.
     */
    public static Loaded read(Path file, int rowBytes, int rows, RowMemory memory) {
        ByteBuffer head = head(file);
        Epoch epoch = epoch(file, head);
        byte[] sha256 = new byte[Bytes32.LENGTH];
        head.get(120, sha256);
        return new Loaded(
                epoch,
                ChunkReader.read(
                        file, HEAD_BYTES, rowBytes, rows, HexFormat.of().formatHex(sha256), memory));
    }

    /** The epoch that a file's rows stand at. Fails with SNAPSHOT_INVALID or STORAGE_FAILED. */
    public static Epoch standing(Path file) {
        return epoch(file, head(file));
    }

    /** The head of a file, to be read from its beginning. */
    static ByteBuffer head(Epoch epoch, Bytes32 sha256) {
        ByteBuffer head = ByteBuffer.allocate(HEAD_BYTES)
                .putLong(MAGIC)
                .putLong(epoch.number())
                .put(epoch.digest().bytes())
                .putLong(epoch.block().number())
                .put(epoch.block().hashBytes())
                .put(epoch.block().stateRootBytes())
                .put(sha256.bytes());
        return head.putInt(CHECKSUM_AT, checksum(head)).clear();
    }

    private static ByteBuffer head(Path file) {
        ByteBuffer head = ByteBuffer.allocate(HEAD_BYTES);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            while (head.hasRemaining() && channel.read(head) >= 0) {
                // Until it is full or the file ends.
            }
        } catch (IOException unreadable) {
            throw Storage.failed("read", file, unreadable);
        }
        if (head.hasRemaining() || head.getLong(0) != MAGIC || head.getInt(CHECKSUM_AT) != checksum(head)) {
            throw new MorphogenException(FailureReason.SNAPSHOT_INVALID, file + " is damaged.");
        }
        return head;
    }

    private static Epoch epoch(Path file, ByteBuffer head) {
        byte[] all = new byte[HEAD_BYTES];
        head.get(0, all);
        try {
            return new Epoch(
                    head.getLong(8),
                    Bytes32.read(all, 16),
                    new BlockInfo(
                            head.getLong(48),
                            Bytes32.read(all, 56).toString(),
                            Bytes32.read(all, 88).toString()));
        } catch (IllegalArgumentException wrong) {
            throw new MorphogenException(
                    FailureReason.SNAPSHOT_INVALID, file + " is damaged: " + wrong.getMessage() + ".");
        }
    }

    private static int checksum(ByteBuffer head) {
        CRC32C checksum = new CRC32C();
        checksum.update(head.slice(0, CHECKSUM_AT));
        return (int) checksum.getValue();
    }
}
