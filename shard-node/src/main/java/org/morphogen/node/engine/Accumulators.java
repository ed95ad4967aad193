package org.morphogen.node.engine;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * One plain row for each key of a batch, the XOR of what was selected so far. The rows stand one behind the other as
 * little-endian longs. Not thread-safe.
 *
 * <p>A class, not a record: it must not have a toString.
 */
public final class Accumulators {
    private final int keys;
    private final int rowBytes;
    private final long[] words;

    /** All zero. */
    public Accumulators(int keys, int rowBytes) {
        this.keys = keys;
        this.rowBytes = rowBytes;
        this.words = new long[Math.multiplyExact(keys, rowBytes / Long.BYTES)];
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

    /** The rows, for an engine to XOR into. */
    public long[] words() {
        return words;
    }

    /** XORs in what was found for the same keys within a batch that they are in from key {@code firstKey} on. */
    public void xor(Accumulators batch, int firstKey) {
        int from = batch.offset(firstKey);
        for (int i = 0; i < words.length; i++) {
            words[i] ^= batch.words[from + i];
        }
    }

    /** The rows' bytes, key after key. */
    public byte[] toBytes() {
        ByteBuffer bytes = ByteBuffer.allocate(words.length * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asLongBuffer().put(words);
        return bytes.array();
    }
}
