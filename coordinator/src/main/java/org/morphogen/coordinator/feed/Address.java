package org.morphogen.coordinator.feed;

import java.util.Arrays;
import java.util.HexFormat;
import org.morphogen.row.Account64;

/** The 20 bytes that name an account; ordered as unsigned bytes. Immutable. */
public final class Address implements Comparable<Address> {
    /** Number of bytes. */
    public static final int LENGTH = Account64.ADDRESS_BYTES;

    private final byte[] bytes;

    private Address(byte[] bytes) {
        this.bytes = bytes;
    }

    /**
     * Copies 20 bytes.
     *
     * @throws IllegalArgumentException for any other number of bytes
     */
    public static Address of(byte[] bytes) {
        if (bytes.length != LENGTH) {
            throw new IllegalArgumentException("must be 20 bytes, are " + bytes.length);
        }
        return new Address(bytes.clone());
    }

    /** A copy of the bytes: the key of the account's row. */
    public byte[] bytes() {
        return bytes.clone();
    }

    @Override
    public int compareTo(Address other) {
        return Arrays.compareUnsigned(bytes, other.bytes);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Address that && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    /** 0x and 40 lower-case hex digits. */
    @Override
    public String toString() {
        return "0x" + HexFormat.of().formatHex(bytes);
    }
}
