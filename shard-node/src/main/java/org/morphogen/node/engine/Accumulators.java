package org.morphogen.node.engine;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * One plain row for each key of a batch, the XOR of what was selected so far. The rows stand one behind the other as
 * little-endian longs. Not thread-safe.
 *
 * <p>A class, not a record: it must not have a toString.
 */
public final class Accumulators {
    private int keys;
    private int rowBytes;
    private long[] words = new long[0];

    /** All zero. */
    public Accumulators(int keys, int rowBytes) {
        reshape(keys, rowBytes);
    }

    /** For another batch, all zero again. Allocates only to grow. */
    public void reshape(int newKeys, int newRowBytes) {
        int used = Math.multiplyExact(newKeys, newRowBytes / Long.BYTES);
        if (words.length < used) {
            words = new long[used];
        }
        Arrays.fill(words, 0, used, 0);
        keys = newKeys;
        rowBytes = newRowBytes;
    }

    /** Number of keys. */
    public int keys() {
        return keys;
    }

    /** Bytes of a row. */
    public int rowBytes() {
        return rowBytes;
    }

    /** Where key {@code key}'s row begins in {@link #words}. */
    public int offset(int key) {
        return key * (rowBytes / Long.BYTES);
    }

    /** The rows, for an engine to XOR into; may be longer than needed. */
    public long[] words() {
        return words;
    }

    /** XORs in what was found for the same keys within a batch that they are in from key {@code firstKey} on. */
    public void xor(Accumulators batch, int firstKey) {
        int from = batch.offset(firstKey);
        for (int i = 0; i < offset(keys); i++) {
            words[i] ^= batch.words[from + i];
        }
    }

    /** The rows' bytes, key after key. */
    public byte[] toBytes() {
        ByteBuffer bytes =
                ByteBuffer.allocate(Math.multiplyExact(keys, rowBytes)).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asLongBuffer().put(words, 0, offset(keys));
        return bytes.array();
    }
}
