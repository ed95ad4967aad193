package org.morphogen.coordinator.epoch;

import java.util.Set;

/**
 * How a generation follows the chain.
 *
 * @param atHead nodes that can answer its head
 * @param stalled why its epochs do not follow the chain; empty while they do
 * @param place of its head on the chain
 */
public record LineStanding(Set<String> atHead, String stalled, ChainPlace place) {
    public LineStanding {
        atHead = Set.copyOf(atHead);
    }

    /** Before anything is known. */
    static LineStanding unknown() {
        return new LineStanding(Set.of(), "", ChainPlace.UNTOLD);
    }
}
