package org.morphogen.coordinator.generation;

import java.util.Map;
import org.morphogen.coordinator.membership.NodeSighting;

/**
 * The party as the leader sees it in one look.
 *
 * @param nanos when, on the clock of {@link System#nanoTime}
 * @param sightings registered nodes by id
 * @param wishes what they shall hold
 */
record Situation(long nanos, Map<String, NodeSighting> sightings, Wishes wishes) {
    /** Whether every registered node has had its chance to say how it is. */
    boolean complete() {
        return sightings.values().stream().allMatch(NodeSighting::polled);
    }

    /** Whether some node that answers does not know yet all that it shall hold. */
    boolean unsettled() {
        return sightings.values().stream()
                .anyMatch(sighting -> sighting.status().isPresent() && !settled(sighting));
    }

    /** Whether a node knows all that it shall hold, so that its own figures tell what room it has. */
    boolean settled(NodeSighting sighting) {
        return wishes.forNode(sighting.registration().nodeId()).stream()
                .allMatch(wish -> sighting.held(wish.record().generation())
                        .filter(wish::isKnown)
                        .isPresent());
    }

    /** Whether some node still holds what nobody wants. */
    boolean cluttered() {
        return sightings.values().stream()
                .anyMatch(sighting -> !wishes.unwanted(sighting).isEmpty());
    }
}
