package org.morphogen.client.view;

/**
 * Chunks first, first + 1, ..., first + count - 1 of one way.
 *
 * @param first not negative
 * @param count at least 1
 */
public record ChunkSpan(int first, int count) {
    public ChunkSpan {
        if (first < 0 || count < 1 || first > Integer.MAX_VALUE - count) {
            throw new IllegalArgumentException("ranges: a range is empty or beyond 2^31 chunks");
        }
    }

    /** The chunk after the last one. */
    public int end() {
        return first + count;
    }
}
