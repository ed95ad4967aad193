package org.morphogen.coordinator.epoch;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.morphogen.epoch.Epoch;

/** The leader's books, as far as epochs go. Calls may take seconds; they fail when the term is over. */
public interface EpochBooks {
    /** What is served; empty while nothing is. */
    Optional<ServedLine> served();

    /**
     * Makes the last epoch of a window the head, for clients too.
     *
     * @param window oldest first; at least one
     * @param atHead nodes that can answer the head
     */
    void publish(long generation, List<Epoch> window, Set<String> atHead);

    /** Tells which nodes can answer the head, and why epochs do not follow the chain; empty while they do. */
    void report(long generation, Set<String> atHead, String stalled);
}
