package org.morphogen.coordinator.feed;

import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.util.Arrays;

/** Where the lines of a file begin, found by reading it once; 8 bytes of memory a line. */
final class RecordedLines {
    private static final int BUFFER_BYTES = 1 << 16;
    private static final int FIRST_LINES = 1024;

    private final RandomAccessFile file;
    /** Where each line begins, and where the last one ends. */
    private long[] starts = new long[FIRST_LINES];

    private int lines;

    private RecordedLines(RandomAccessFile file) {
        this.file = file;
    }

    /** Finds the lines of a file, which stays open. */
    static RecordedLines of(RandomAccessFile file) throws IOException {
        RecordedLines found = new RecordedLines(file);
        byte[] buffer = new byte[BUFFER_BYTES];
        long at = 0;
        for (int read = file.read(buffer); read >= 0; read = file.read(buffer)) {
            for (int i = 0; i < read; i++) {
                if (buffer[i] == '\n') {
                    found.end(at + i + 1);
                }
            }
            at += read;
        }
        if (at > found.starts[found.lines]) {
            found.end(at);
        }
        return found;
    }

    int count() {
        return lines;
    }

    InputStream line(int index) {
        return new LineInput(file, starts[index], starts[index + 1]);
    }

    private void end(long next) {
        if (lines + 1 == starts.length) {
            starts = Arrays.copyOf(starts, 2 * starts.length);
        }
        starts[++lines] = next;
    }
}
