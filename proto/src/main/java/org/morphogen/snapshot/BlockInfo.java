package org.morphogen.snapshot;

import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * The block whose state something is.
 *
 * @param number the block's number
 * @param hash {@code 0x} and 64 lower-case hex digits
 * @param stateRoot the same form
 */
public record BlockInfo(long number, String hash, String stateRoot) {
    private static final Pattern HASH = Pattern.compile("0x[0-9a-f]{64}");

    public BlockInfo {
        if (number < 0) {
            throw new IllegalArgumentException("number: a block number is not negative");
        }
        if (!HASH.matcher(hash).matches()) {
            throw new IllegalArgumentException("hash: not 0x and 64 lower-case hex digits");
        }
        if (!HASH.matcher(stateRoot).matches()) {
            throw new IllegalArgumentException("stateRoot: not 0x and 64 lower-case hex digits");
        }
    }

    /** The block hash's 32 bytes. */
    public byte[] hashBytes() {
        return HexFormat.of().parseHex(hash.substring(2));
    }

    /** The state root's 32 bytes. */
    public byte[] stateRootBytes() {
        return HexFormat.of().parseHex(stateRoot.substring(2));
    }
}
