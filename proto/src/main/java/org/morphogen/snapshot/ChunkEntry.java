package org.morphogen.snapshot;

/**
 * A chunk file as the manifest lists it: {@code rows} rows of the table's width, nothing else.
 *
 * @param way the way that the chunk is of
 * @param index the chunk's place in its way
 * @param firstRow row of the way that the chunk begins with
 * @param rows how many rows the file holds
 * @param file name relative to the snapshot directory; always {@link ChunkId#fileName}
 * @param sha256 of the file's bytes
 */
public record ChunkEntry(int way, int index, long firstRow, int rows, String file, String sha256) {
    public ChunkEntry {
        if (!Sha256.isHex(sha256)) {
            throw new IllegalArgumentException("sha256: not 64 lower-case hex digits");
        }
    }
}
