package org.morphogen.coordinator.epoch;

import java.util.Set;

/**
 * How a generation follows the chain.
 *
 * @param atHead nodes that can answer its head
 * @param standstill why its epochs do not follow the chain
 * @param place of its head on the chain
 */
public record LineStanding(Set<String> atHead, Standstill standstill, ChainPlace place) {
    public LineStanding {
        atHead = Set.copyOf(atHead);
    }

    /** Why its epochs do not follow the chain, in full; empty while they do. */
    public String stalled() {
        return standstill.why();
    }

    /** Before anything is known. */
    static LineStanding unknown() {
        return new LineStanding(Set.of(), Standstill.NONE, ChainPlace.UNTOLD);
    }
}
