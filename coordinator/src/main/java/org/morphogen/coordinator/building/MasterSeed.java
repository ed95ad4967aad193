package org.morphogen.coordinator.building;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.regex.Pattern;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.morphogen.snapshot.BlockInfo;
import org.morphogen.snapshot.Sha256;

/**
 * What all seeds of a snapshot are made from. Public: whoever has it and the input can build the same snapshot.
 *
 * @param hex 64 lower-case hex digits
 */
public record MasterSeed(String hex) {
    private static final Pattern HEX = Pattern.compile("[0-9a-f]{64}");
    private static final byte[] DOMAIN = "morphogen master seed v1".getBytes(StandardCharsets.UTF_8);

    public MasterSeed {
        if (!HEX.matcher(hex).matches()) {
            throw new MorphogenException(FailureReason.SETTINGS_INVALID, "seed: is not 64 lower-case hex digits.");
        }
    }

    /**
     * The one that two parties come to without talking: SHA-256 of the text {@code morphogen master seed v1} and the
     * 32 bytes of the block's hash.
     */
    public static MasterSeed of(BlockInfo block) {
        MessageDigest sha256 = Sha256.digest();
        sha256.update(DOMAIN);
        sha256.update(block.hashBytes());
        return new MasterSeed(HexFormat.of().formatHex(sha256.digest()));
    }

    /** The 32 bytes. */
    public byte[] bytes() {
        return HexFormat.of().parseHex(hex);
    }
}
