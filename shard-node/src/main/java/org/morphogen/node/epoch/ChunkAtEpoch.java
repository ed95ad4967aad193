package org.morphogen.node.epoch;

import org.morphogen.node.chunk.ChunkRows;
import org.morphogen.node.layout.SlicedLayout;

/** A chunk as it was at an epoch, which whoever asks keeps pinned. */
public record ChunkAtEpoch(LiveChunk chunk, KnownEpoch epoch) {
    private static final int PIECE_BYTES = 1 << 20;

    /** Is given plain rows. */
    @FunctionalInterface
    public interface PieceUser<X extends Exception> {
        /** The next {@code bytes} bytes, at the beginning of {@code piece}, which is used again afterwards. */
        void use(byte[] piece, int bytes) throws X;
    }

    /** Bytes of its plain rows. */
    public long bytes() {
        return chunk.bytes();
    }

    /**
     * Gives all plain rows in order, at most 1 MiB at a time. Nothing is locked meanwhile but one segment, while it is
     * read.
     *
     * @param rows the chunk's, held by the caller
     */
    public <X extends Exception> void forEachPiece(ChunkRows rows, PieceUser<X> user) throws X {
        int rowBytes = rows.rowBytes();
        int pieceRows = Math.max(SlicedLayout.GROUP_ROWS, PIECE_BYTES / rowBytes & -SlicedLayout.GROUP_ROWS);
        byte[] piece = new byte[Math.min(pieceRows, rows.rows()) * rowBytes];
        for (int row = 0; row < rows.rows(); row += pieceRows) {
            int count = Math.min(pieceRows, rows.rows() - row);
            chunk.read(rows, row, count, epoch, piece);
            user.use(piece, count * rowBytes);
        }
    }

    /** One of the chunk's segments, whatever epoch it stands at. */
    public LiveSegment segment(int index) {
        return chunk.segment(index);
    }

    /** Whether a segment's rows are those of this epoch. For whoever reads the segment. */
    public boolean isStanding(int segment) {
        return segment(segment).standsAt(epoch);
    }

    /** What a segment's rows differ by from those of this epoch. For whoever reads the segment. */
    public Differences differences(int segment) {
        return segment(segment).differences(chunk, epoch);
    }
}
