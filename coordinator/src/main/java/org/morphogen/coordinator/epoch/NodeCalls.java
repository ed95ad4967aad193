package org.morphogen.coordinator.epoch;

import java.time.Duration;
import java.util.Optional;
import org.morphogen.coordinator.membership.KnownNodes;
import org.morphogen.coordinator.membership.NodeLink;
import org.morphogen.coordinator.membership.NodeSighting;
import org.morphogen.protocol.v1.HeldGeneration;

/**
 * How a leader calls its nodes.
 *
 * @param nodes of the party
 * @param deadline of each call
 * @param steps told of what is done, step by step
 */
record NodeCalls(KnownNodes nodes, int party, long term, Duration deadline, StepWatch steps) {
    Optional<NodeLink> link(String nodeId) {
        return nodes.link(nodeId);
    }

    /** Whether the node answered the last poll: a call to one that hangs would hold up the others. */
    boolean answers(String nodeId) {
        return sighting(nodeId)
                .filter(sighting -> sighting.status().isPresent() && sighting.missed() == 0)
                .isPresent();
    }

    /** What the node said of a generation when it was polled last. */
    Optional<HeldGeneration> held(String nodeId, long generation) {
        return sighting(nodeId).flatMap(sighting -> sighting.held(generation));
    }

    private Optional<NodeSighting> sighting(String nodeId) {
        return Optional.ofNullable(nodes.sightings().get(nodeId));
    }
}
