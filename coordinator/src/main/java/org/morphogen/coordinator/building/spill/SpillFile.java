package org.morphogen.coordinator.building.spill;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.morphogen.row.RowSchema;
import org.morphogen.row.RowTag;

/**
 * A finished spill file, mapped for reading: its pages are the operating system's to drop, and take no heap. Records
 * are numbered from 0. Thread-safe; but one thread closes it, when no other reads.
 */
public final class SpillFile implements AutoCloseable {
    private static final ValueLayout.OfLong LINE = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private final SpillLayout layout;
    private final Arena arena;
    private final MemorySegment records;

    private SpillFile(SpillLayout layout, Arena arena, MemorySegment records) {
        this.layout = layout;
        this.arena = arena;
        this.records = records;
    }

    /** Maps a file that a {@link SpillWriter} for the same schema has closed. */
    public static SpillFile open(Path file, RowSchema schema) throws IOException {
        Arena arena = Arena.ofShared();
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            MemorySegment records = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
            return new SpillFile(SpillLayout.of(schema), arena, records);
        } catch (IOException | RuntimeException failed) {
            arena.close();
            throw failed;
        }
    }

    /** Number of records. */
    public long size() {
        return records.byteSize() / layout.recordBytes();
    }

    /** The input line that a record came from. */
    public long line(long record) {
        return records.get(LINE, at(record) + SpillLayout.LINE_AT);
    }

    /** Reads keys, for one thread. */
    public Keys keys() {
        return new Keys();
    }

    /** Whether two records have the same key. */
    public boolean sameKey(long one, long other) {
        long from = SpillLayout.KEY_LENGTH_AT;
        long to = layout.rowAt();
        return MemorySegment.mismatch(records, at(one) + from, at(one) + to, records, at(other) + from, at(other) + to)
                < 0;
    }

    /** Copies a record's row into a row that starts at {@code offset}, leaving the place of the tag alone. */
    public void copyRow(long record, byte[] into, int offset) {
        MemorySegment.copy(
                records,
                ValueLayout.JAVA_BYTE,
                at(record) + layout.rowAt(),
                into,
                offset + RowTag.BYTES,
                layout.untaggedBytes());
    }

    private long at(long record) {
        return record * layout.recordBytes();
    }

    @Override
    public void close() {
        arena.close();
    }

    /** Reads the keys of a file. Not thread-safe. */
    public final class Keys {
        private final byte[][] byLength;

        private Keys() {
            this.byLength = new byte[layout.maxKeyBytes() + 1][];
            for (int length = 0; length < byLength.length; length++) {
                byLength[length] = new byte[length];
            }
        }

        /** A record's key, in an array that the next call with a key of this length overwrites. */
        public byte[] key(long record) {
            long at = at(record);
            int length = Byte.toUnsignedInt(records.get(ValueLayout.JAVA_BYTE, at + SpillLayout.KEY_LENGTH_AT));
            byte[] key = byLength[length];
            MemorySegment.copy(records, ValueLayout.JAVA_BYTE, at + SpillLayout.KEY_AT, key, 0, length);
            return key;
        }
    }
}
