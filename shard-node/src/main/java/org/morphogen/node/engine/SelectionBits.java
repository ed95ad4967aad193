package org.morphogen.node.engine;

/**
 * The selection bits of some keys for the same stretch of rows. Key k's bits begin at byte {@code k * strideBytes};
 * row r's bit is bit (r & 7) of byte (r >> 3) from there. Secret like the keys. Not thread-safe.
 *
 * <p>A class, not a record: it must not have a toString.
 */
public final class SelectionBits {
    private static final int MIN_STRIDE_BYTES = 16;

    private final int keys;
    private final int strideBytes;
    private final byte[] bits;

    /** Room for {@code keys} times {@code strideBytes} bytes, a multiple of 16. */
    public SelectionBits(int keys, int strideBytes) {
        if (strideBytes < MIN_STRIDE_BYTES || strideBytes % MIN_STRIDE_BYTES != 0) {
            throw new IllegalArgumentException("strideBytes: " + strideBytes + " is not a multiple of 16");
        }
        this.keys = keys;
        this.strideBytes = strideBytes;
        this.bits = new byte[Math.multiplyExact(keys, strideBytes)];
    }

    /** Number of keys. */
    public int keys() {
        return keys;
    }

    /** Where key {@code key}'s bits begin in {@link #bits}. */
    public int offset(int key) {
        return key * strideBytes;
    }

    /** The bits themselves, to be filled by whoever expands the keys. */
    public byte[] bits() {
        return bits;
    }
}
