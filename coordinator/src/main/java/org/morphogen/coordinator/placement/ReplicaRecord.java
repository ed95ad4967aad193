package org.morphogen.coordinator.placement;

/**
 * A node that holds a shard.
 *
 * @param nodeId the node
 * @param endpoint where it was when the shard was placed; a living node's registration tells better
 */
public record ReplicaRecord(String nodeId, String endpoint) {}
