package org.morphogen.coordinator.membership;

import org.morphogen.zookeeper.NodeRegistration;

/**
 * What a coordinator says of itself while it is alive.
 *
 * @param coordinatorId an id as {@link NodeRegistration#requireId} takes
 * @param endpoint host:port at which others reach it
 */
public record CoordinatorRegistration(String coordinatorId, String endpoint) {
    public CoordinatorRegistration {
        NodeRegistration.requireId(coordinatorId);
    }
}
