package org.morphogen.coordinator.epoch;

/**
 * Is told of each step after which a crash finds the party in another state. Called on the thread of the follower that
 * made it; each generation has one.
 */
@FunctionalInterface
public interface StepWatch {
    /** Watches nothing. */
    StepWatch NONE = step -> {};

    /** The step was just made. */
    void reached(Step step);

    /** Steps that a crash may follow. */
    enum Step {
        /** A node that was elsewhere has been brought to the head. */
        NODE_SETTLED,
        /** A delta is made and no node has it. */
        DELTA_BUILT,
        /** A delta is on its way to one more node. */
        DELTA_SENT,
        /** Nodes have a delta that leads to an epoch which is not published. */
        DELTA_APPLIED,
        /** A new head is published. */
        HEAD_PUBLISHED,
        /** A shorter window is published, and nodes still have what it lacks. */
        WINDOW_SHORTENED,
        /** Nodes have gone back. */
        NODES_REWOUND
    }
}
