package org.morphogen.coordinator.feed;

import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;

/** A stretch of a file as a stream. A plain file and not a channel, which an interrupt would close for good. */
final class LineInput extends InputStream {
    private final RandomAccessFile file;
    private final long end;
    private long at;

    LineInput(RandomAccessFile file, long start, long end) {
        this.file = file;
        this.at = start;
        this.end = end;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        if (at >= end) {
            return -1;
        }
        file.seek(at);
        int read = file.read(into, offset, (int) Math.min(length, end - at));
        at += Math.max(0, read);
        return read;
    }
}
