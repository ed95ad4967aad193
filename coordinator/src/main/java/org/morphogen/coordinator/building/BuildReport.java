package org.morphogen.coordinator.building;

import java.util.Map;
import org.morphogen.snapshot.SnapshotDirectory;

/**
 * What a build made.
 *
 * @param snapshot the finished snapshot
 * @param attempts for each table by name, how many seeds were tried; 1 if the first ones did
 */
public record BuildReport(SnapshotDirectory snapshot, Map<String, Integer> attempts) {
    public BuildReport {
        attempts = Map.copyOf(attempts);
    }
}
