package org.morphogen.coordinator.generation;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.morphogen.coordinator.epoch.LineStanding;

/** How each generation follows the chain, as its follower told last. Confined to the leader's loop. */
final class ChainStandings {
    private final Map<Long, LineStanding> told = new HashMap<>();

    /** Empty while the follower has told nothing. */
    Optional<LineStanding> of(long generation) {
        return Optional.ofNullable(told.get(generation));
    }

    void tell(long generation, LineStanding now) {
        told.put(generation, now);
    }

    /** Forgets all other generations. */
    void keepOnly(Collection<Long> generations) {
        told.keySet().retainAll(generations);
    }
}
