package org.morphogen.node.epoch;

import java.util.concurrent.locks.StampedLock;
import org.morphogen.epoch.DeltaPiece;
import org.morphogen.node.chunk.ChunkRows;

/** A segment of a chunk, and the epoch that its rows stand at. Many may read at once, or one merges. Thread-safe. */
public final class LiveSegment {
    private final int firstRow;
    private final int endRow;
    private final StampedLock lock = new StampedLock();
    /** Guarded by the lock. */
    private KnownEpoch standing;

    LiveSegment(int firstRow, int endRow, KnownEpoch standing) {
        this.firstRow = firstRow;
        this.endRow = endRow;
        this.standing = standing;
    }

    int endRow() {
        return endRow;
    }

    /** From now on the rows stay as they are, until {@link #stopReading} with what this gives. */
    public long startReading() {
        return lock.readLock();
    }

    /** Lets merging go on. */
    public void stopReading(long stamp) {
        lock.unlockRead(stamp);
    }

    /** Whether its rows are those of that epoch. For whoever reads. */
    public boolean standsAt(KnownEpoch epoch) {
        return standing == epoch;
    }

    /** What its rows differ by from those of that epoch. For whoever reads. */
    public Differences differences(LiveChunk chunk, KnownEpoch from) {
        Differences found = new Differences(firstRow, endRow);
        standing.differences(from, chunk.id(), found::add);
        return found;
    }

    /** Brings the rows to an epoch; false if no row changed. */
    boolean merge(LiveChunk chunk, ChunkRows rows, KnownEpoch to) {
        long stamp = lock.writeLock();
        try {
            Differences differences = differences(chunk, to);
            if (!differences.isEmpty()) {
                rows.xor(each -> differences.all(
                        (piece, entry) -> each.diff(piece.row(entry), piece.entries(), piece.diffAt(entry))));
            }
            standing = to;
            return !differences.isEmpty();
        } finally {
            lock.unlockWrite(stamp);
        }
    }

    /** Copies plain rows of this segment as they were at an epoch. */
    void read(LiveChunk chunk, ChunkRows rows, int from, int end, KnownEpoch at, byte[] into, int offset) {
        int rowBytes = rows.rowBytes();
        long stamp = startReading();
        try {
            rows.read(from, end - from, into, offset);
            Differences differences = new Differences(from, end);
            standing.differences(at, chunk.id(), differences::add);
            differences.all((piece, entry) -> xor(piece, entry, into, offset + (piece.row(entry) - from) * rowBytes));
        } finally {
            stopReading(stamp);
        }
    }

    private static void xor(DeltaPiece piece, int entry, byte[] into, int offset) {
        int at = piece.diffAt(entry);
        for (int i = 0; i < piece.rowBytes(); i++) {
            into[offset + i] ^= piece.entries()[at + i];
        }
    }
}
