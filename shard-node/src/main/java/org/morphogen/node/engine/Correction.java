package org.morphogen.node.engine;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import org.morphogen.epoch.DeltaPiece;
import org.morphogen.node.epoch.Differences;

/**
 * Sets right what a segment's rows differ by from the epoch that one rider asked for: each entry is XORed into the sums
 * of those of its keys that select the row. Every entry costs the same, selected or not. Used up by one scan. Not
 * thread-safe.
 */
public final class Correction {
    private static final VarHandle WORDS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private final Differences differences;
    private final int firstKey;
    private final int keys;

    /** For the keys of the batch from {@code firstKey} on. */
    Correction(Differences differences, int firstKey, int keys) {
        this.differences = differences;
        this.firstKey = firstKey;
        this.keys = keys;
    }

    /** Those that are to be set right, each to be taken once. */
    public Differences differences() {
        return differences;
    }

    /** The first of its keys in the batch. */
    public int firstKey() {
        return firstKey;
    }

    /** How many keys it is for, one behind the other. */
    public int keys() {
        return keys;
    }

    /**
     * Goes on with the entries of the rows before {@code endRow}.
     *
     * @param firstRow of the chunk that the selection bits begin with
     */
    void upTo(int endRow, int firstRow, SelectionBits selection, Accumulators sums) {
        differences.upTo(endRow, (piece, entry) -> add(piece, entry, piece.row(entry) - firstRow, selection, sums));
    }

    private void add(DeltaPiece piece, int entry, int row, SelectionBits selection, Accumulators sums) {
        byte[] bits = selection.bits();
        byte[] entries = piece.entries();
        long[] words = sums.words();
        int from = piece.diffAt(entry);
        int rowWords = sums.rowBytes() / Long.BYTES;
        for (int key = firstKey; key < firstKey + keys; key++) {
            long mask = -(long) (bits[selection.offset(key) + (row >> 3)] >> (row & 7) & 1);
            int to = sums.offset(key);
            for (int word = 0; word < rowWords; word++) {
                words[to + word] ^= (long) WORDS.get(entries, from + word * Long.BYTES) & mask;
            }
        }
    }
}
