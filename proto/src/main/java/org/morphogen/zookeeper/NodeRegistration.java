package org.morphogen.zookeeper;

import java.util.regex.Pattern;

/**
 * What a node says of itself while it is alive.
 *
 * @param nodeId letters, digits, dots, dashes and underscores, at most 64
 * @param endpoint host:port at which others reach it
 * @param memoryLimitBytes off-heap memory that it may fill with chunks
 */
public record NodeRegistration(String nodeId, String endpoint, long memoryLimitBytes) {
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

    public NodeRegistration {
        requireId(nodeId);
        if (memoryLimitBytes < 0) {
            throw new IllegalArgumentException("memoryLimitBytes: not negative");
        }
    }

    /** Throws unless {@code id} can name a node or a coordinator. */
    public static String requireId(String id) {
        if (!ID.matcher(id).matches()) {
            throw new IllegalArgumentException(
                    "'" + id + "' is not an id: 1 to 64 letters, digits, dots, dashes and underscores");
        }
        return id;
    }
}
