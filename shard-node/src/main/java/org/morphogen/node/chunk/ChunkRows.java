package org.morphogen.node.chunk;

import java.lang.foreign.MemorySegment;

/**
 * A chunk's rows where they are scanned. Plain rows go in and come out; how and where they lie is known to whoever made
 * them, and to the engine that scans them. Each is itself and no other, whatever the rows are.
 *
 * <p>Many may read and scan at once. Whoever writes or XORs sees to it that nobody reads or scans those rows meanwhile.
 * Where the memory itself fails, every method but the sizes may throw.
 */
public interface ChunkRows {
    /** Bytes of a plain row. */
    int rowBytes();

    /** How many there are, a multiple of 128. */
    int rows();

    /** Bytes of all plain rows. */
    default long bytes() {
        return (long) rows() * rowBytes();
    }

    /**
     * Puts plain rows in, when the chunk is loaded. It may go on after this has returned, but {@code plain} can be used
     * again.
     *
     * @param plain row after row; whole groups of 8 rows
     * @param firstRow that {@code plain} begins with, a multiple of 1024
     */
    void write(MemorySegment plain, int firstRow);

    /** Once all rows are written, before anything else is done with them: waits until they are there. */
    default void written() {}

    /** Takes some plain rows out, row after row. */
    void read(int firstRow, int count, byte[] into, int intoOffset);

    /** XORs differences into rows. When it fails, some may be in and some not. */
    void xor(RowDiffs diffs);

    /**
     * Whether the rows are gone until the node is started anew, since the memory that they lay in has failed. Then they
     * need not follow the epochs any more.
     */
    default boolean isLost() {
        return false;
    }

    /** Gives the memory back. Called once, when nobody uses the rows any more; perhaps before they were all written. */
    void free();
}
