package org.morphogen.dpf;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * 16 bytes as two words. Holds secrets: its text form shows nothing.
 *
 * @param low bytes 0 to 7, little endian
 * @param high bytes 8 to 15, little endian
 */
record Block(long low, long high) {
    static final int BYTES = 16;

    /** Words of a byte array, little endian, at any offset. */
    static final VarHandle WORDS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    static Block read(byte[] from, int offset) {
        return new Block((long) WORDS.get(from, offset), (long) WORDS.get(from, offset + Long.BYTES));
    }

    void write(byte[] into, int offset) {
        WORDS.set(into, offset, low);
        WORDS.set(into, offset + Long.BYTES, high);
    }

    Block xor(Block other) {
        return new Block(low ^ other.low, high ^ other.high);
    }

    /** This block where the mask is -1, the zero block where it is 0. */
    Block and(long mask) {
        return new Block(low & mask, high & mask);
    }

    int lowestBit() {
        return (int) (low & 1);
    }

    Block clearLowestBit() {
        return new Block(low & ~1L, high);
    }

    /** The linear map before AES: (low, high) becomes (high, high ^ low). */
    Block sigma() {
        return new Block(high, high ^ low);
    }

    @Override
    public String toString() {
        return "Block";
    }
}
