package org.morphogen.epoch;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import org.morphogen.row.Bytes32;
import org.morphogen.snapshot.ChunkId;
import org.morphogen.snapshot.Sha256;
import org.morphogen.snapshot.TableManifest;

/**
 * The entries of a delta that fall in one chunk: rows, ascending, each with the XOR difference of its bytes. Public
 * data. Immutable as long as nobody writes to {@link #entries}; thread-safe.
 */
public final class DeltaPiece {
    private static final VarHandle INTS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

    private final ChunkId chunk;
    private final int rowBytes;
    private final byte[] entries;

    /**
     * Takes over {@code entries}: for each row its number within the chunk, 4 bytes big endian, and its difference.
     * Fails with IllegalArgumentException unless they are whole, ascending and none is zero.
     */
    public DeltaPiece(ChunkId chunk, int rowBytes, byte[] entries) {
        this.chunk = chunk;
        this.rowBytes = rowBytes;
        this.entries = entries;
        if (entries.length == 0 || entries.length % entryBytes() != 0) {
            throw wrong("has no whole entries");
        }
        int before = -1;
        for (int i = 0; i < count(); i++) {
            if (row(i) <= before) {
                throw wrong("has rows that do not ascend");
            }
            before = row(i);
            if (isZero(i)) {
                throw wrong("has an entry that changes nothing");
            }
        }
    }

    /** The same piece, checked to lie inside its chunk; fails with IllegalArgumentException. */
    public DeltaPiece within(TableManifest table) {
        if (chunk.way() >= table.ways() || chunk.index() >= table.geometry().chunksPerWay()) {
            throw wrong("is of a chunk that the table does not have");
        }
        if (row(count() - 1) >= table.geometry().rows(chunk.index())) {
            throw wrong("has a row past the chunk's end");
        }
        return this;
    }

    /** Bytes of one entry. */
    public static int entryBytes(int rowBytes) {
        return Integer.BYTES + rowBytes;
    }

    /** The chunk. */
    public ChunkId chunk() {
        return chunk;
    }

    /** Bytes of a row. */
    public int rowBytes() {
        return rowBytes;
    }

    /** Number of entries, at least 1. */
    public int count() {
        return entries.length / entryBytes();
    }

    /** The row within the chunk of an entry. */
    public int row(int entry) {
        return (int) INTS.get(entries, entry * entryBytes());
    }

    /** Where the difference of an entry begins in {@link #entries}. */
    public int diffAt(int entry) {
        return entry * entryBytes() + Integer.BYTES;
    }

    /** The entries as they are hashed and stored; not to be written to. */
    public byte[] entries() {
        return entries;
    }

    /** The first entry whose row is not below {@code row}; {@link #count} if there is none. */
    public int firstFrom(int row) {
        int low = 0;
        int high = count();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (row(middle) < row) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /** Chunk and SHA-256, as the header tells them. */
    public PieceDigest digest() {
        return new PieceDigest(chunk, Bytes32.of(Sha256.digest().digest(entries)));
    }

    private int entryBytes() {
        return entryBytes(rowBytes);
    }

    private boolean isZero(int entry) {
        int at = diffAt(entry);
        int any = 0;
        for (int i = 0; i < rowBytes; i++) {
            any |= entries[at + i];
        }
        return any == 0;
    }

    private IllegalArgumentException wrong(String what) {
        return new IllegalArgumentException("pieces: that of chunk " + chunk + " " + what);
    }
}
