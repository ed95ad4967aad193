package org.morphogen.coordinator.epoch;

import java.util.List;
import org.morphogen.coordinator.placement.AssignmentRecord;
import org.morphogen.epoch.Epoch;
import org.morphogen.snapshot.SnapshotDigest;

/**
 * The generation that is served, as the books have it.
 *
 * @param window epochs that can be asked for, oldest first; at least one
 */
public record ServedLine(long generation, SnapshotDigest snapshot, List<Epoch> window, AssignmentRecord assignment) {
    public ServedLine {
        window = List.copyOf(window);
    }

    /** The newest epoch. */
    public Epoch head() {
        return window.getLast();
    }
}
