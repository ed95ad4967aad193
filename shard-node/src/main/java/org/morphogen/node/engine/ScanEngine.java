package org.morphogen.node.engine;

import java.lang.foreign.MemorySegment;

/**
 * The hot loop of a node. Its time and its memory accesses depend on sizes alone, never on a selection bit: a row that
 * is not selected is read and XORed in as zeros.
 *
 * <p>Implementations are thread-safe and keep no state between calls.
 */
public interface ScanEngine {
    /** For logs and status: {@code scalar}. */
    String name();

    /**
     * XORs, for every key, the selected rows of a tile into the key's accumulator. A tile should fit the cache of one
     * core, since it is read once a key.
     *
     * @param tile rows one behind the other, 16-byte aligned; a multiple of 128 rows
     * @param rowBytes 16 to 4096, a multiple of 16
     * @param selection the keys' selection bits
     * @param firstRow row of the selection that the tile begins with, a multiple of 128
     * @param into accumulators for as many keys as {@code selection} has
     */
    void xorSelected(MemorySegment tile, int rowBytes, SelectionBits selection, int firstRow, Accumulators into);
}
