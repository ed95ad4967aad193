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

    private int keys;
    private int rowBytes;
    private long[] words = new long[0];
    private final long[] eight = new long[Long.BYTES];

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
        for (int octet = 0; octet < octets(); octet++) {
            int first = octet * OCTET;
            int count = Math.min(OCTET, keys - first);
            for (int at = 0; at < rowBytes; at += Long.BYTES) {
                System.arraycopy(words, octet * rowBytes + at, eight, 0, Long.BYTES);
                spread(eight, into, first, count, at / Long.BYTES);
            }
        }
    }

    /**
     * XORs eight bytes of the rows of an octet's keys in.
     *
     * @param slices for each of the eight bytes its slices, as {@link #words} has them; destroyed
     * @param first the octet's first key
     * @param count keys that the octet has
     * @param word of the rows, which the eight bytes make
     */
    static void spread(long[] slices, Accumulators into, int first, int count, int word) {
        for (int i = 0; i < Long.BYTES; i++) {
            slices[i] = BitSquare.transpose(slices[i]);
        }
        swapBytes(slices);
        long[] rows = into.words();
        for (int key = 0; key < count; key++) {
            rows[into.offset(first + key) + word] ^= slices[key];
        }
    }

    /** Byte k of long i goes to byte i of long k. */
    private static void swapBytes(long[] square) {
        for (int distance = 4; distance > 0; distance /= 2) {
            int shift = distance * Byte.SIZE;
            long mask = Long.divideUnsigned(-1L, (1L << shift) + 1);
            for (int i = 0; i < Long.BYTES; i++) {
                if ((i & distance) == 0) {
                    long differing = (square[i] >>> shift ^ square[i + distance]) & mask;
                    square[i + distance] ^= differing;
                    square[i] ^= differing << shift;
                }
            }
        }
    }
}
