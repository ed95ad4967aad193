package org.morphogen.coordinator.placement;

/**
 * A living node and the room it has.
 *
 * @param nodeId the node
 * @param endpoint where it is
 * @param freeBytes off-heap memory for further chunks, 0 to {@link #MOST_BYTES}
 */
public record NodeCapacity(String nodeId, String endpoint, long freeBytes) {
    /** More than any machine has; keeps sums over nodes far from overflow. */
    public static final long MOST_BYTES = 1L << 50;

    public NodeCapacity {
        if (freeBytes < 0 || freeBytes > MOST_BYTES) {
            throw new IllegalArgumentException("freeBytes: " + freeBytes + " is not between 0 and 2^50");
        }
    }

    /** Capacity from what a node says; figures that make no sense count as no room or as the most. */
    public static NodeCapacity of(String nodeId, String endpoint, long limitBytes, long usedBytes) {
        return new NodeCapacity(nodeId, endpoint, Math.clamp(limitBytes - usedBytes, 0, MOST_BYTES));
    }
}
