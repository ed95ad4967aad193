package org.morphogen.coordinator.membership;

import java.util.Optional;
import org.morphogen.protocol.v1.HeldGeneration;
import org.morphogen.protocol.v1.NodeStatus;
import org.morphogen.zookeeper.NodeRegistration;

/**
 * What is known of a registered node.
 *
 * @param registration its own, in ZooKeeper
 * @param status its last answer; empty before the first and after {@link #MISSES_FORGIVEN} polls without one
 * @param missed polls without an answer since the last answer
 * @param problem why the last poll had no answer; empty otherwise
 */
public record NodeSighting(NodeRegistration registration, Optional<NodeStatus> status, int missed, String problem) {
    /** Polls in a row that a node may miss before its last answer counts no more. */
    public static final int MISSES_FORGIVEN = 2;

    /** A node that has not been polled yet. */
    static NodeSighting fresh(NodeRegistration registration) {
        return new NodeSighting(registration, Optional.empty(), 0, "");
    }

    NodeSighting answered(NodeStatus answer) {
        return new NodeSighting(registration, Optional.of(answer), 0, "");
    }

    NodeSighting missed(String why) {
        Optional<NodeStatus> kept = missed < MISSES_FORGIVEN ? status : Optional.empty();
        return new NodeSighting(registration, kept, missed + 1, why);
    }

    /** Whether it has been polled, with or without an answer. */
    public boolean polled() {
        return status.isPresent() || missed > 0;
    }

    /** What it says it holds of a generation. */
    public Optional<HeldGeneration> held(long generation) {
        return status.flatMap(answer -> answer.getGenerationsList().stream()
                .filter(held -> held.getGeneration() == generation)
                .findFirst());
    }
}
