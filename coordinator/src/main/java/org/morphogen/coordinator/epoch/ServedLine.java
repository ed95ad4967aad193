package org.morphogen.coordinator.epoch;

import java.util.List;
import org.morphogen.coordinator.placement.AssignmentRecord;
import org.morphogen.epoch.Epoch;
import org.morphogen.snapshot.SnapshotDigest;

/**
 * A generation that follows the chain, as the books have it.
 *
 * @param window epochs that can be asked for, oldest first; at least one
 * @param staged whether it is not served yet: then it moves on with all of its nodes only
 */
public record ServedLine(
        long generation, SnapshotDigest snapshot, List<Epoch> window, AssignmentRecord assignment, boolean staged) {
    public ServedLine {
        window = List.copyOf(window);
    }

    /** The newest epoch. */
    public Epoch head() {
        return window.getLast();
    }
}
