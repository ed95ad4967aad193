package org.morphogen.node.pull;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/** The beginning of a file that is being pulled. It survives lost connections and restarts. Not thread-safe. */
public interface PartFile extends Closeable {
    /** Bytes that are there. */
    long length();

    /** Adds all of {@code data} at the end. */
    void append(ByteBuffer data) throws IOException;

    /** Puts all of {@code data} at {@code at}, where bytes are there already. */
    void overwrite(long at, ByteBuffer data) throws IOException;

    /** Starts over. */
    void clear() throws IOException;

    /** Returns once everything is on the disk. */
    void sync() throws IOException;

    /** Opens the part file at a path, making it if need be. */
    @FunctionalInterface
    interface Opener {
        PartFile open(Path path) throws IOException;
    }
}
