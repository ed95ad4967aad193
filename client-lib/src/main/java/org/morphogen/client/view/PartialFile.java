package org.morphogen.client.view;

import java.io.ByteArrayOutputStream;
import org.morphogen.protocol.v1.FilePiece;

/**
 * A file as far as it has come. Memory grows with the bytes that came, not with the length that was claimed. Not
 * thread-safe.
 */
final class PartialFile {
    private final Coordinators from;
    private final String file;
    private final long mostBytes;
    private final ByteArrayOutputStream received = new ByteArrayOutputStream();
    private long totalBytes = -1;

    /** Takes at most {@code mostBytes} bytes. */
    PartialFile(Coordinators from, String file, long mostBytes) {
        this.from = from;
        this.file = file;
        this.mostBytes = mostBytes;
    }

    /** The next byte wanted. */
    long offset() {
        return received.size();
    }

    boolean isWhole() {
        return offset() == totalBytes;
    }

    byte[] bytes() {
        return received.toByteArray();
    }

    /** Adds the next piece; fails with PARTY_MISBEHAVES where it does not fit. */
    void accept(FilePiece piece) {
        if (totalBytes < 0) {
            totalBytes = piece.getTotalBytes();
        }
        if (totalBytes != piece.getTotalBytes() || totalBytes < 0 || totalBytes > mostBytes) {
            throw from.misbehaves(file + " is said to have " + Long.toUnsignedString(piece.getTotalBytes())
                    + " bytes, which is not its length or too much");
        }
        if (piece.getOffset() != offset() || piece.getData().size() > totalBytes - offset()) {
            throw from.misbehaves("a piece of " + file + " does not follow the one before");
        }
        byte[] data = piece.getData().toByteArray();
        received.write(data, 0, data.length);
    }
}
