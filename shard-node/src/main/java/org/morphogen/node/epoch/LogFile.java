package org.morphogen.node.epoch;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * One file of the delta log: after eight bytes that say what it is, records one behind the other, each
 *
 * <pre>
 * u32 length of the body | u32 CRC-32C of length and body | body        integers big endian
 * </pre>
 *
 * <p>Not thread-safe.
 */
final class LogFile implements AutoCloseable {
    /** Longest body: a delta of the largest size, its header and what messages add. */
    static final int MAX_BODY_BYTES = 72 << 20;

    private static final long MAGIC = 0x6d_6f_72_70_68_6c_67_31L; // "morphlg1"
    private static final int MAGIC_BYTES = Long.BYTES;
    private static final int FRAME_BYTES = 2 * Integer.BYTES;

    /** As messages are written. */
    private static final int LENGTH_DELIMITED = 2;

    private static final int MOST_LENGTH_BYTES = 5;

    private final Path path;
    private final FileChannel channel;
    private long size;

    private LogFile(Path path, FileChannel channel) {
        this.path = path;
        this.channel = channel;
    }

    /** A body and where the record after it begins. */
    record Found(ByteString body, long next) {}

    /** Reads a record of a file that may be open elsewhere, by a channel of its own, which an interrupt may close. */
    static Optional<Found> read(Path path, long at) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            LogFile file = new LogFile(path, channel);
            file.size = channel.size();
            return file.read(at);
        }
    }

    /** Opens a file, or makes a new one. */
    static LogFile open(Path path) throws IOException {
        FileChannel channel =
                FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        try {
            LogFile file = new LogFile(path, channel);
            file.checkMagic();
            file.size = channel.size();
            return file;
        } catch (IOException | RuntimeException | Error failed) {
            channel.close();
            throw failed;
        }
    }

    private void checkMagic() throws IOException {
        if (channel.size() < MAGIC_BYTES) {
            // Its making was cut short, so nothing can be in it.
            channel.truncate(0);
            writeFully(ByteBuffer.allocate(MAGIC_BYTES).putLong(MAGIC).flip(), 0);
            channel.force(true);
            return;
        }
        ByteBuffer magic = ByteBuffer.allocate(MAGIC_BYTES);
        readFully(magic, 0);
        if (magic.getLong(0) != MAGIC) {
            throw new NoDeltaLog(path);
        }
    }

    /** A file that is something else, or whose first bytes are damaged. */
    static final class NoDeltaLog extends IOException {
        private static final long serialVersionUID = 1;

        private NoDeltaLog(Path path) {
            super(path + " is no delta log");
        }
    }

    Path path() {
        return path;
    }

    long size() {
        return size;
    }

    /** Where the first record begins. */
    static long first() {
        return MAGIC_BYTES;
    }

    /** Appends a record and gives where it begins; it survives a crash once {@link #sync} has returned. */
    long append(byte[] body) throws IOException {
        long at = size;
        ByteBuffer record = ByteBuffer.allocate(FRAME_BYTES + body.length)
                .putInt(body.length)
                .putInt(checksum(body))
                .put(body)
                .flip();
        writeFully(record, at);
        size = at + FRAME_BYTES + body.length;
        return at;
    }

    void sync() throws IOException {
        channel.force(false);
    }

    /** Cuts off what stands from {@code at} on. */
    void cut(long at) throws IOException {
        channel.truncate(at);
        channel.force(true);
        size = at;
    }

    /** The record that begins there; empty when there is none that is whole. */
    Optional<Found> read(long at) throws IOException {
        if (size - at < FRAME_BYTES) {
            return Optional.empty();
        }
        ByteBuffer frame = ByteBuffer.allocate(FRAME_BYTES);
        readFully(frame, at);
        int length = frame.getInt(0);
        if (length < 0 || length > MAX_BODY_BYTES || size - at - FRAME_BYTES < length) {
            return Optional.empty();
        }
        ByteBuffer body = ByteBuffer.allocate(length);
        readFully(body, at + FRAME_BYTES);
        return checksum(body.array()) == frame.getInt(Integer.BYTES)
                ? Optional.of(new Found(UnsafeByteOperations.unsafeWrap(body.array()), at + FRAME_BYTES + length))
                : Optional.empty();
    }

    /**
     * Whether a whole record begins anywhere behind {@code at}: then what stands at {@code at} is no torn end. Nearly any
     * bytes look like a length, so checksums are computed only of what looks like a message.
     */
    boolean hasRecordBehind(long at) throws IOException {
        ByteBuffer rest = ByteBuffer.allocate(Math.toIntExact(size - at));
        readFully(rest, at);
        for (int start = 1; start + FRAME_BYTES < rest.capacity(); start++) {
            int length = rest.getInt(start);
            if (length > 0
                    && length <= rest.capacity() - start - FRAME_BYTES
                    && isOneField(rest, start + FRAME_BYTES, length)) {
                byte[] body = new byte[length];
                rest.get(start + FRAME_BYTES, body);
                if (checksum(body) == rest.getInt(start + Integer.BYTES)) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Whether a message of {@code length} bytes that is one of the first fields, with a length, may begin there. */
    private static boolean isOneField(ByteBuffer bytes, int at, int length) {
        int tag = bytes.get(at);
        if (tag <= 0 || (tag & 7) != LENGTH_DELIMITED) {
            return false;
        }
        long stated = 0;
        for (int i = 1; i < length && i <= MOST_LENGTH_BYTES; i++) {
            int next = bytes.get(at + i);
            stated |= (long) (next & 0x7f) << (7 * (i - 1));
            if (next >= 0) {
                return stated == length - i - 1;
            }
        }
        return false;
    }

    private static int checksum(byte[] body) {
        CRC32C checksum = new CRC32C();
        checksum.update(ByteBuffer.allocate(Integer.BYTES).putInt(body.length).flip());
        checksum.update(body);
        return (int) checksum.getValue();
    }

    private void writeFully(ByteBuffer bytes, long at) throws IOException {
        long to = at;
        while (bytes.hasRemaining()) {
            to += channel.write(bytes, to);
        }
    }

    private void readFully(ByteBuffer into, long at) throws IOException {
        long from = at;
        while (into.hasRemaining()) {
            int count = channel.read(into, from);
            if (count < 0) {
                throw new IOException("it became shorter while it was read");
            }
            from += count;
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
