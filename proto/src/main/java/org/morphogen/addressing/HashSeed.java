package org.morphogen.addressing;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
import java.util.regex.Pattern;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;

/**
 * The 16-byte key of a {@link SipHash}. Seeds are public: they stand in the manifest of a snapshot.
 *
 * @param k0 the first 8 bytes, read little endian
 * @param k1 the last 8 bytes, read little endian
 */
public record HashSeed(long k0, long k1) {
    /** Size of a seed. */
    public static final int BYTES = 16;

    private static final Pattern HEX = Pattern.compile("[0-9a-f]{32}");

    /** The seed that the first 16 of these bytes are. */
    static HashSeed read(byte[] bytes) {
        ByteBuffer words = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        return new HashSeed(words.getLong(), words.getLong());
    }

    /**
     * Reads what {@link #hex} writes.
     *
     * @throws MorphogenException REQUEST_INVALID for anything but 32 lower-case hex digits
     */
    public static HashSeed parse(String hex) {
        if (!HEX.matcher(hex).matches()) {
            throw new MorphogenException(FailureReason.REQUEST_INVALID, "seed: must be 32 lower-case hex digits");
        }
        return read(HexFormat.of().parseHex(hex));
    }

    /** The 16 bytes, k0 then k1, as 32 lower-case hex digits. */
    public String hex() {
        byte[] bytes = ByteBuffer.allocate(BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(k0)
                .putLong(k1)
                .array();
        return HexFormat.of().formatHex(bytes);
    }
}
