package org.morphogen.coordinator.generation;

import java.util.Set;

/**
 * How far the nodes of the served generation follow the chain, as the follower told last. Confined to the leader's loop.
 */
final class ChainStanding {
    private long generation;
    private Set<String> atHead = Set.of();
    private String stalled = "";

    /** Whether the follower has told anything of that generation. */
    boolean isKnown(long ofGeneration) {
        return generation == ofGeneration;
    }

    void tell(long ofGeneration, Set<String> nowAtHead, String nowStalled) {
        generation = ofGeneration;
        atHead = nowAtHead;
        stalled = nowStalled;
    }

    /** Nodes of a generation that can answer its head. */
    Set<String> atHead(long ofGeneration) {
        return ofGeneration == generation ? atHead : Set.of();
    }

    /** Why that generation's epochs do not follow the chain; empty while they do. */
    String stalled(long ofGeneration) {
        return ofGeneration == generation ? stalled : "";
    }
}
