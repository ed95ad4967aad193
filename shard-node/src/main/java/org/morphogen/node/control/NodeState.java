package org.morphogen.node.control;

/** What a node is doing. NodeStatus carries the name, docs/operators-guide.md the same sentences. */
public enum NodeState {
    /** The node reads its disk and opens its doors. */
    STARTING,
    /** Chunks are being pulled or read into memory; those that are there already are served. */
    LOADING,
    /** Everything that the node shall hold is in memory and served. */
    READY,
    /** Something cannot be loaded, or the engine failed; what can be is served, and the status tells the problem. */
    DEGRADED,
    /** The node is shutting down and takes no new work. */
    STOPPING
}
