package org.morphogen.deploy.demo;

import java.util.Comparator;
import java.util.HexFormat;
import org.morphogen.protocol.v1.QueryRequest;
import org.morphogen.protocol.v1.WayKeys;

/**
 * What one node of one party saw of a lookup.
 *
 * @param party 0 or 1
 * @param node id of the node
 * @param messageBytes length of the message it got
 * @param keys DPF keys in it
 * @param firstBytes the beginning of its first key's root seed, hex: bytes from a random generator
 */
record Sighting(int party, String node, int messageBytes, int keys, String firstBytes) {
    static final Comparator<Sighting> ORDER = Comparator.comparingInt(Sighting::party)
            .thenComparing(Sighting::node)
            .thenComparingInt(Sighting::messageBytes);

    private static final int SEED_OFFSET = 3;
    private static final int SHOWN_BYTES = 8;

    static Sighting of(int party, String node, QueryRequest request) {
        int keys =
                request.getWaysList().stream().mapToInt(WayKeys::getKeysCount).sum();
        byte[] key = request.getWays(0).getKeys(0).toByteArray();
        String shown = HexFormat.of().formatHex(key, SEED_OFFSET, SEED_OFFSET + SHOWN_BYTES);
        return new Sighting(party, node, request.getSerializedSize(), keys, shown);
    }

    /** The part of it that the question must not change. */
    Sighting shape() {
        return new Sighting(party, node, messageBytes, keys, "");
    }
}
