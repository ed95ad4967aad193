package org.morphogen.node.chunk;

/** Where the chunks of a node lie: some memory, in one or more banks. Thread-safe. */
public interface RowMemory {
    /** What chunks may take of it. */
    MemoryBudget budget();

    /** What a chunk takes out of the budget. */
    long reservedBytes(int rowBytes, int rows);

    /**
     * Room for a chunk, all of it zeros, once the budget has granted it. Fails with CAPACITY_LACKING or OutOfMemoryError,
     * taking nothing, when there is none all the same.
     *
     * @param bank that the budget chose
     */
    ChunkRows allocate(int rowBytes, int rows, int bank);

    /** About how much of a chunk is scanned at once. */
    long segmentBytes();
}
