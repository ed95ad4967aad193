package org.morphogen.node.engine;

/**
 * The selection bits of some keys for the same stretch of rows. Key k's bits begin at byte {@code k * strideBytes};
 * row r's bit is bit (r & 7) of byte (r >> 3) from there. Secret like the keys. A buffer that grows and is used again
 * and again. Not thread-safe.
 *
 * <p>A class, not a record: it must not have a toString.
 */
public final class SelectionBits {
    private static final int MIN_STRIDE_BYTES = 16;

    private int keys;
    private int strideBytes;
    private byte[] bits = new byte[0];

    /** Room for {@code keys} times {@code strideBytes} bytes, a multiple of 16. */
    public SelectionBits(int keys, int strideBytes) {
        reshape(keys, strideBytes);
    }

    /** For other keys and another stretch; what it held means nothing any more. Allocates only to grow. */
    public void reshape(int newKeys, int newStrideBytes) {
        if (newStrideBytes < MIN_STRIDE_BYTES || newStrideBytes % MIN_STRIDE_BYTES != 0) {
            throw new IllegalArgumentException("strideBytes: " + newStrideBytes + " is not a multiple of 16");
        }
        int bytes = Math.multiplyExact(newKeys, newStrideBytes);
        if (bits.length < bytes) {
            bits = new byte[bytes];
        }
        keys = newKeys;
        strideBytes = newStrideBytes;
    }

    /** Number of keys. */
    public int keys() {
        return keys;
    }

    /** Bytes from one key's bits to the next key's. */
    public int strideBytes() {
        return strideBytes;
    }

    /** Where key {@code key}'s bits begin in {@link #bits}. */
    public int offset(int key) {
        return key * strideBytes;
    }

    /** The bits themselves, to be filled by whoever expands the keys; may be longer than needed. */
    public byte[] bits() {
        return bits;
    }
}
