package org.morphogen.node.engine;

/**
 * Scans segments, one batch of keys after another. Its time and its memory accesses depend on sizes alone, never on a
 * key. Keeps its buffers. For one thread at a time; one that has failed is not used again.
 */
public interface SegmentScan {
    /**
     * XORs what one segment has for each key, as it was at the epoch that is asked for.
     *
     * @param batch of at least one key; its corrections are used up
     * @param sums of as many keys, of the segment's row width
     */
    void scan(SegmentBatch batch, Accumulators sums);
}
