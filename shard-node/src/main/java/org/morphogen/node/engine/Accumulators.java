package org.morphogen.node.engine;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * One row for each key of a batch, the XOR of what was selected so far. The rows stand one behind the other as longs in
 * the machine's byte order, just as an engine reads rows. Not thread-safe.
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

    /** Where key {@code key}'s row begins in {@link #words}. */
    public int offset(int key) {
        return key * (rowBytes / Long.BYTES);
    }

    /** The rows, for an engine to XOR into. */
    public long[] words() {
        return words;
    }

    /** XORs in what another thread found for the same keys. */
    public void xor(Accumulators other) {
        for (int i = 0; i < words.length; i++) {
            words[i] ^= other.words[i];
        }
    }

    /** The rows' bytes, key after key. */
    public byte[] toBytes() {
        ByteBuffer bytes = ByteBuffer.allocate(words.length * Long.BYTES).order(ByteOrder.nativeOrder());
        bytes.asLongBuffer().put(words);
        return bytes.array();
    }
}
