package org.morphogen.coordinator.building.spill;

import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import org.morphogen.row.RowSchema;
import org.morphogen.row.RowTag;

/** Appends records to a new spill file. Not thread-safe. */
public final class SpillWriter implements Closeable {
    private static final int BUFFER_BYTES = 1 << 20;

    private final SpillLayout layout;
    private final OutputStream out;
    private final byte[] bytes;
    private final ByteBuffer fields;
    private long records;

    /** Creates the file, which must not be there yet. */
    public SpillWriter(Path file, RowSchema schema) throws IOException {
        this.layout = SpillLayout.of(schema);
        this.bytes = new byte[layout.recordBytes()];
        this.fields = ByteBuffer.wrap(bytes);
        this.out = new BufferedOutputStream(
                Files.newOutputStream(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), BUFFER_BYTES);
    }

    /**
     * Adds a record.
     *
     * @param line number of the input's line, for error messages
     * @param keyBytes how many bytes of {@code key} count
     * @param row a whole row, of which the tag is left out
     */
    public void append(long line, byte[] key, int keyBytes, byte[] row) throws IOException {
        fields.putLong(SpillLayout.LINE_AT, line);
        fields.put(SpillLayout.KEY_LENGTH_AT, (byte) keyBytes);
        fields.put(SpillLayout.KEY_AT, key, 0, keyBytes);
        Arrays.fill(bytes, SpillLayout.KEY_AT + keyBytes, layout.rowAt(), (byte) 0);
        fields.put(layout.rowAt(), row, RowTag.BYTES, layout.untaggedBytes());
        out.write(bytes);
        records++;
    }

    /** Records so far. */
    public long records() {
        return records;
    }

    @Override
    public void close() throws IOException {
        out.close();
    }
}
