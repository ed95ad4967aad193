package org.morphogen.node.engine;

import java.util.Arrays;
import org.morphogen.node.layout.BitSquare;

/**
 * The sums of a batch in sliced form, eight keys (an octet) at a time: a byte for every bit column, whose bit q is that
 * of the octet's key q. Grows, and is used again and again. Not thread-safe.
 */
final class OctetSums {
    /** Keys of an octet. */
    static final int OCTET = 8;

    private static final long BYTE = 0xFFL;

    private int keys;
    private int rowBytes;
    private long[] words = new long[0];

    /** Sums of zero. */
    void reset(int newKeys, int newRowBytes) {
        keys = newKeys;
        rowBytes = newRowBytes;
        int used = Math.multiplyExact(octets(), newRowBytes);
        if (words.length < used) {
            words = new long[used];
        }
        Arrays.fill(words, 0, used, 0);
    }

    /** Number of keys. */
    int keys() {
        return keys;
    }

    /** Octets, the last possibly with fewer keys. */
    int octets() {
        return (keys + OCTET - 1) / OCTET;
    }

    /**
     * For every octet, one behind the other, one long a row byte: the eight slices of its bits. May be longer than
     * needed; its last octet's bits of keys that are not there mean nothing.
     */
    long[] words() {
        return words;
    }

    /** XORs the sums as plain rows into {@code into}. */
    void addTo(Accumulators into) {
        long[] rows = into.words();
        for (int octet = 0; octet < octets(); octet++) {
            int first = octet * OCTET;
            int count = Math.min(OCTET, keys - first);
            for (int at = 0; at < rowBytes; at++) {
                long bytes = BitSquare.transpose(words[octet * rowBytes + at]);
                int shift = at % Long.BYTES * Byte.SIZE;
                for (int key = 0; key < count; key++) {
                    rows[into.offset(first + key) + at / Long.BYTES] ^= (bytes >>> (key * Byte.SIZE) & BYTE) << shift;
                }
            }
        }
    }
}
