package org.morphogen.addressing;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The seeds of one table of one generation: one a way, and one for the row tags.
 *
 * @param ways the seed of each way's hash function, 1 to {@value #MAX_WAYS}
 * @param tag the seed of the row tags
 */
public record TableSeeds(List<HashSeed> ways, HashSeed tag) {
    /** The most ways that a table may have; cuckoo tables have three. */
    public static final int MAX_WAYS = 8;

    private static final byte[] DOMAIN = "morphogen table seed v1".getBytes(StandardCharsets.UTF_8);

    /** Copies the list and checks its size. */
    public TableSeeds {
        ways = List.copyOf(ways);
        if (ways.isEmpty() || ways.size() > MAX_WAYS) {
            throw new IllegalArgumentException("ways: must be 1 to " + MAX_WAYS + ", are " + ways.size());
        }
    }

    /**
     * Makes a table's seeds from one master seed, the same on every machine. A seed is the first 16 bytes of
     *
     * <pre>
     * SHA-256( string("morphogen table seed v1") | string(masterSeed) | string(table) | string(role) | u32(attempt) )
     * string(s) = u32(bytes of s) | s        u32 = 4 bytes big endian        text is UTF-8
     * role      = "way 0", "way 1", ... for the ways, "tag" for the tags
     * </pre>
     *
     * of which bytes 0..7 read little endian are k0, and 8..15 are k1.
     *
     * @param masterSeed any bytes, at least one
     * @param ways 1 to {@value #MAX_WAYS}
     * @param attempt 0 first; the next number after each placement that failed
     */
    public static TableSeeds derive(byte[] masterSeed, String table, int ways, int attempt) {
        if (masterSeed.length == 0 || attempt < 0) {
            throw new IllegalArgumentException("master seed must not be empty, attempt not be negative");
        }
        List<HashSeed> waySeeds = IntStream.range(0, ways)
                .mapToObj(way -> seed(masterSeed, table, "way " + way, attempt))
                .toList();
        return new TableSeeds(waySeeds, seed(masterSeed, table, "tag", attempt));
    }

    private static HashSeed seed(byte[] masterSeed, String table, String role, int attempt) {
        MessageDigest sha256 = sha256();
        updateString(sha256, DOMAIN);
        updateString(sha256, masterSeed);
        updateString(sha256, table.getBytes(StandardCharsets.UTF_8));
        updateString(sha256, role.getBytes(StandardCharsets.UTF_8));
        sha256.update(u32(attempt));
        return HashSeed.read(sha256.digest());
    }

    private static void updateString(MessageDigest sha256, byte[] string) {
        sha256.update(u32(string.length));
        sha256.update(string);
    }

    private static byte[] u32(int value) {
        return ByteBuffer.allocate(Integer.BYTES).putInt(value).array();
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException everyJdkHasIt) {
            throw new IllegalStateException("this Java has no SHA-256", everyJdkHasIt);
        }
    }
}
