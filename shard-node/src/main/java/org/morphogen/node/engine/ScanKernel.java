package org.morphogen.node.engine;

import java.lang.foreign.MemorySegment;

/**
 * The hot loop of a node: {@link #begin}, then {@link #xorSelected} for tile after tile, then {@link #addTo}. Its time
 * and its memory accesses depend on sizes alone, never on a selection bit: a row that is not selected is read and XORed
 * in as zeros.
 *
 * <p>Keeps its buffers, which hold sums in whatever form suits it; allocates nothing once they have grown. For one
 * thread at a time.
 */
public interface ScanKernel {
    /**
     * Begins with sums of zero.
     *
     * @param keys 1 to 16384
     * @param rowBytes 16 to 4096, a multiple of 16
     */
    void begin(int keys, int rowBytes);

    /**
     * XORs, for every key, the selected rows into the key's sum. What is given in one call should fit the second cache
     * together with its selection bits, since a kernel may read it more than once.
     *
     * @param tiles whole tiles as {@link org.morphogen.node.layout.SlicedLayout} says, 64-byte aligned; the last may
     *     have fewer groups, a multiple of 16
     * @param selection the selection bits of at least as many keys as begun with
     * @param firstRow row of the selection that the tiles begin with, a multiple of 128
     */
    void xorSelected(MemorySegment tiles, SelectionBits selection, int firstRow);

    /** XORs the sums, as plain rows, into {@code into}, which has as many keys. To be called once after each begin. */
    void addTo(Accumulators into);
}
