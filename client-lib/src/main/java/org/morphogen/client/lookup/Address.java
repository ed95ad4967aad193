package org.morphogen.client.lookup;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.morphogen.row.Account64;

/** An Ethereum address, the key of an account. */
public final class Address implements LookupKey {
    private static final Pattern HEX = Pattern.compile("(?:0x)?([0-9a-fA-F]{40})");

    private final byte[] bytes;

    private Address(byte[] bytes) {
        this.bytes = bytes;
    }

    /** Copies 20 bytes; fails with REQUEST_INVALID for another number. */
    public static Address of(byte[] bytes) {
        if (bytes.length != Account64.ADDRESS_BYTES) {
            throw new MorphogenException(
                    FailureReason.REQUEST_INVALID,
                    "address: must be " + Account64.ADDRESS_BYTES + " bytes, not " + bytes.length + ".");
        }
        return new Address(bytes.clone());
    }

    /** Reads 40 hex digits, with or without 0x; fails with REQUEST_INVALID, not repeating the text. */
    public static Address parse(String hex) {
        Matcher matcher = HEX.matcher(hex);
        if (!matcher.matches()) {
            throw new MorphogenException(
                    FailureReason.REQUEST_INVALID,
                    "address: must be 0x and 40 hex digits; this text has " + hex.length() + " characters.");
        }
        return new Address(HexFormat.of().parseHex(matcher.group(1)));
    }

    @Override
    public byte[] secretBytes() {
        return bytes.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Address that && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return "Address[hidden]";
    }
}
