package org.morphogen.coordinator.building.input;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The lines of a stream, each at most {@link #MAX_LINE_BYTES}: of a longer one only the fact is told, and it never
 * comes to lie in memory as a whole. Takes LF and CRLF, and a byte order mark at the start. Not thread-safe.
 */
final class BoundedLines {
    /** Longest line, without its end. */
    static final int MAX_LINE_BYTES = 1 << 20;

    private static final int BUFFER_BYTES = 1 << 16;
    private static final byte[] BYTE_ORDER_MARK = {(byte) 0xef, (byte) 0xbb, (byte) 0xbf};

    private final InputStream in;
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private int next;
    private int limit;

    private byte[] line = new byte[256];
    private int length;
    private boolean tooLong;
    private long number;

    BoundedLines(InputStream in) {
        this.in = in;
    }

    /** Goes to the next line; false at the end. */
    boolean advance() throws IOException {
        length = 0;
        tooLong = false;
        boolean any = false;
        while (next < limit || fill()) {
            any = true;
            int end = indexOfNewline();
            append(end);
            next = end;
            if (end < limit) {
                next++;
                break;
            }
        }
        number += any ? 1 : 0;
        trim();
        return any;
    }

    /** Number of the line, from 1. */
    long number() {
        return number;
    }

    /** Whether the line is over the limit; then nothing of it can be read. */
    boolean isTooLong() {
        return tooLong;
    }

    /** Whether the line is only white space. */
    boolean isBlank() {
        for (int i = 0; i < length; i++) {
            if (line[i] != ' ' && line[i] != '\t') {
                return false;
            }
        }
        return !tooLong;
    }

    /** The line; bytes that are not UTF-8 become characters that no field takes. */
    String text() {
        return new String(line, 0, length, StandardCharsets.UTF_8);
    }

    /** The line's bytes are the first {@link #length} of these, until the next {@link #advance}. */
    byte[] bytes() {
        return line;
    }

    int length() {
        return length;
    }

    private boolean fill() throws IOException {
        next = 0;
        limit = Math.max(0, in.read(buffer, 0, buffer.length));
        return limit > 0;
    }

    private int indexOfNewline() {
        int at = next;
        while (at < limit && buffer[at] != '\n') {
            at++;
        }
        return at;
    }

    private void append(int end) {
        int bytes = end - next;
        tooLong |= length + bytes > MAX_LINE_BYTES;
        if (!tooLong) {
            if (length + bytes > line.length) {
                line = Arrays.copyOf(line, Math.max(length + bytes, 2 * line.length));
            }
            System.arraycopy(buffer, next, line, length, bytes);
            length += bytes;
        }
    }

    private void trim() {
        if (length > 0 && line[length - 1] == '\r') {
            length--;
        }
        int mark = BYTE_ORDER_MARK.length;
        if (number == 1 && length >= mark && Arrays.equals(line, 0, mark, BYTE_ORDER_MARK, 0, mark)) {
            length -= mark;
            System.arraycopy(line, mark, line, 0, length);
        }
    }
}
