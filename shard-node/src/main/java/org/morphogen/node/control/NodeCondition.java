package org.morphogen.node.control;

import java.util.List;
import org.morphogen.node.generation.GenerationProgress;
import org.morphogen.node.generation.HeldGenerations;

/** The node's state: where it stands in its life, and while it runs how far its generations are. Thread-safe. */
public final class NodeCondition {
    private final HeldGenerations generations;
    private volatile Phase phase = Phase.STARTING;

    private enum Phase {
        STARTING,
        RUNNING,
        STOPPING
    }

    /** Of a node that is starting. */
    public NodeCondition(HeldGenerations generations) {
        this.generations = generations;
    }

    /** The doors are open. */
    public void running() {
        phase = Phase.RUNNING;
    }

    /** The doors are closing. */
    public void stopping() {
        phase = Phase.STOPPING;
    }

    /** The state now. */
    public NodeState state() {
        return switch (phase) {
            case STARTING -> NodeState.STARTING;
            case STOPPING -> NodeState.STOPPING;
            case RUNNING -> generations.fault().isPresent() ? NodeState.DEGRADED : running(generations.progress());
        };
    }

    private static NodeState running(List<GenerationProgress> generations) {
        if (generations.stream().allMatch(GenerationProgress::complete)) {
            return NodeState.READY;
        }
        return generations.stream()
                        .anyMatch(held -> !held.complete() && !held.problem().isEmpty())
                ? NodeState.DEGRADED
                : NodeState.LOADING;
    }
}
