package org.morphogen.coordinator.epoch;

import java.time.Duration;
import java.util.Optional;
import org.morphogen.coordinator.membership.NodeLink;
import org.morphogen.coordinator.membership.NodeWatch;

/**
 * How a leader calls its nodes.
 *
 * @param watch knows the nodes
 * @param deadline of each call
 */
record NodeCalls(NodeWatch watch, int party, long term, Duration deadline) {
    Optional<NodeLink> link(String nodeId) {
        return watch.link(nodeId);
    }

    /** Whether the node answered the last poll: a call to one that hangs would hold up the others. */
    boolean answers(String nodeId) {
        return Optional.ofNullable(watch.sightings().get(nodeId))
                .filter(sighting -> sighting.status().isPresent() && sighting.missed() == 0)
                .isPresent();
    }
}
