package org.morphogen.node.pull;

import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.morphogen.protocol.v1.FilePiece;
import org.morphogen.transport.Limits;

/**
 * A file of a snapshot and how long it may be.
 *
 * @param name as the manifest lists it
 * @param minBytes shortest length that a source may state
 * @param maxBytes longest
 */
record WantedFile(String name, long minBytes, long maxBytes) {
    /** A file whose length is known. */
    static WantedFile exactly(String name, long bytes) {
        return new WantedFile(name, bytes, bytes);
    }

    /**
     * Throws PARTY_MISBEHAVES unless {@code piece} continues the file at {@code offset}: no gap, no overlap, within the
     * length that it states, and that length a possible one.
     */
    void check(String source, long offset, FilePiece piece) {
        long total = piece.getTotalBytes();
        int bytes = piece.getData().size();
        if (total < minBytes || total > maxBytes) {
            String expected = minBytes == maxBytes ? Long.toString(minBytes) : minBytes + " to " + maxBytes;
            throw misbehaves(source, "says it has " + Long.toUnsignedString(total) + " bytes, not " + expected);
        }
        if (piece.getOffset() != offset) {
            throw misbehaves(
                    source, "sent the piece at " + Long.toUnsignedString(piece.getOffset()) + ", not at " + offset);
        }
        if (bytes > Limits.MAX_PIECE_BYTES || bytes > total - offset) {
            throw misbehaves(source, "sent " + bytes + " bytes at " + offset + " of " + total);
        }
        if (bytes == 0 && offset != total) {
            throw misbehaves(source, "sent an empty piece at " + offset + " of " + total);
        }
    }

    /** PARTY_MISBEHAVES, naming the source and this file. */
    MorphogenException misbehaves(String source, String what) {
        return new MorphogenException(
                FailureReason.PARTY_MISBEHAVES, "Snapshot source " + source + " " + what + ": " + name + ".");
    }
}
