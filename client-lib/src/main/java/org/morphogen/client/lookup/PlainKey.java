package org.morphogen.client.lookup;

import java.util.Arrays;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.morphogen.row.BytesN;

/** Any bytes, the key of a row in a {@code bytes-N} table. */
public final class PlainKey implements LookupKey {
    private final byte[] bytes;

    private PlainKey(byte[] bytes) {
        this.bytes = bytes;
    }

    /** Copies 1 to 64 bytes; fails with REQUEST_INVALID for another number. */
    public static PlainKey of(byte[] bytes) {
        if (bytes.length == 0 || bytes.length > BytesN.MAX_KEY_BYTES) {
            throw new MorphogenException(
                    FailureReason.REQUEST_INVALID,
                    "key: must be 1 to " + BytesN.MAX_KEY_BYTES + " bytes, not " + bytes.length + ".");
        }
        return new PlainKey(bytes.clone());
    }

    @Override
    public byte[] secretBytes() {
        return bytes.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof PlainKey that && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return "PlainKey[hidden]";
    }
}
