package org.morphogen.coordinator.epoch;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.morphogen.epoch.Epoch;

/**
 * The leader's books, as far as epochs go. Calls may take seconds; they fail when the term is over. Thread-safe.
 */
public interface EpochBooks {
    /** A generation's epochs; empty for good once it is held no more. */
    Optional<ServedLine> line(long generation);

    /**
     * Makes the last epoch of a window the head of a generation, for clients too if they may ask it.
     *
     * @param window oldest first; at least one
     * @param atHead nodes that can answer the head
     */
    void publish(long generation, List<Epoch> window, Set<String> atHead);

    /** Tells how a generation follows the chain. */
    void report(long generation, LineStanding standing);
}
