package org.morphogen.node.pull;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A part file on the disk. */
public final class DiskPartFile implements PartFile {
    private final FileChannel channel;
    private long length;

    private DiskPartFile(FileChannel channel, long length) {
        this.channel = channel;
        this.length = length;
    }

    /** Opens or makes the file. */
    public static DiskPartFile open(Path path) throws IOException {
        FileChannel channel = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        return new DiskPartFile(channel, channel.size());
    }

    @Override
    public long length() {
        return length;
    }

    @Override
    public void append(ByteBuffer data) throws IOException {
        while (data.hasRemaining()) {
            length += channel.write(data, length);
        }
    }

    @Override
    public void overwrite(long at, ByteBuffer data) throws IOException {
        long to = at;
        while (data.hasRemaining()) {
            to += channel.write(data, to);
        }
    }

    @Override
    public void clear() throws IOException {
        channel.truncate(0);
        length = 0;
    }

    @Override
    public void sync() throws IOException {
        channel.force(true);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
