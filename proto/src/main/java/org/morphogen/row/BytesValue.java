package org.morphogen.row;

import java.util.Arrays;

/** Plain bytes, up to the capacity of the schema. Immutable. */
public final class BytesValue implements RowValue {
    private final byte[] bytes;

    /** Copies the bytes. */
    public BytesValue(byte[] bytes) {
        this.bytes = bytes.clone();
    }

    /** A copy of the bytes. */
    public byte[] bytes() {
        return bytes.clone();
    }

    /** Number of bytes. */
    public int length() {
        return bytes.length;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof BytesValue that && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return "BytesValue[" + bytes.length + " bytes]";
    }
}
