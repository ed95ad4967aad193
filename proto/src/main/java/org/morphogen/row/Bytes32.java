package org.morphogen.row;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.regex.Pattern;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;

/** 32 bytes: a hash, or the word in a storage slot. Immutable. */
public final class Bytes32 {
    /** Number of bytes. */
    public static final int LENGTH = 32;

    private static final Pattern HEX = Pattern.compile("(?:0x)?([0-9a-fA-F]{64})");

    private final byte[] bytes;

    private Bytes32(byte[] bytes) {
        this.bytes = bytes;
    }

    /**
     * Copies 32 bytes.
     *
     * @throws IllegalArgumentException for any other number of bytes
     */
    public static Bytes32 of(byte[] bytes) {
        if (bytes.length != LENGTH) {
            throw new IllegalArgumentException("must be 32 bytes, are " + bytes.length);
        }
        return new Bytes32(bytes.clone());
    }

    /** Copies the 32 bytes from {@code offset} on. */
    public static Bytes32 read(byte[] from, int offset) {
        return new Bytes32(Arrays.copyOfRange(from, offset, offset + LENGTH));
    }

    /**
     * Reads 64 hex digits, with or without 0x.
     *
     * @throws MorphogenException REQUEST_INVALID for any other text
     */
    public static Bytes32 parse(String hex) {
        var matcher = HEX.matcher(hex);
        if (!matcher.matches()) {
            throw new MorphogenException(FailureReason.REQUEST_INVALID, "hash: must be 64 hex digits");
        }
        return new Bytes32(HexFormat.of().parseHex(matcher.group(1)));
    }

    /** A copy of the bytes. */
    public byte[] bytes() {
        return bytes.clone();
    }

    /** Copies the bytes into a row or dictionary. */
    public void write(byte[] into, int offset) {
        System.arraycopy(bytes, 0, into, offset, LENGTH);
    }

    /** 64 lower-case hex digits, without 0x. */
    public String hex() {
        return HexFormat.of().formatHex(bytes);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Bytes32 that && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    /** As {@link #hex}, with 0x. */
    @Override
    public String toString() {
        return "0x" + hex();
    }
}
