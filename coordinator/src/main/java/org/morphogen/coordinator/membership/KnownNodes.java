package org.morphogen.coordinator.membership;

import java.util.Optional;
import java.util.SortedMap;

/** The registered nodes, with what is known of each and a way to call it. Thread-safe. */
public interface KnownNodes {
    /** Every registered node, by id, with what is known of it. */
    SortedMap<String, NodeSighting> sightings();

    /** The link to a node, if there is one. */
    Optional<NodeLink> link(String nodeId);
}
