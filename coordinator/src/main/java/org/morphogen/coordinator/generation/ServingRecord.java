package org.morphogen.coordinator.generation;

import java.util.List;

/**
 * What the party serves.
 *
 * @param generation in the view
 * @param window epochs that can be asked for, oldest first; the last is the head: the newest that every shard can answer
 * @param stalled why epochs do not follow the chain, in full; empty while they do
 */
public record ServingRecord(long generation, List<EpochRecord> window, String stalled) {
    public ServingRecord {
        window = List.copyOf(window);
        if (window.isEmpty()) {
            throw new IllegalArgumentException("window: no epoch");
        }
        stalled = LineRecord.kept(stalled);
    }
}
