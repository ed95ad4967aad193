package org.morphogen.coordinator.generation;

import java.util.List;

/**
 * The epochs of a generation that is held and not in the view: one that catches up with the chain before it is served,
 * or one that was served before.
 *
 * @param window epochs that can be asked for, oldest first; the last is the head
 * @param stalled why epochs do not follow the chain; empty while they do
 */
public record LineRecord(long generation, List<EpochRecord> window, String stalled) {
    /** Characters of {@code stalled} that are kept. */
    static final int STALLED_CHARS_KEPT = 2000;

    public LineRecord {
        window = List.copyOf(window);
        if (window.isEmpty()) {
            throw new IllegalArgumentException("window: no epoch");
        }
        stalled = kept(stalled);
    }

    /** As much of it as is kept. */
    static String kept(String stalled) {
        return stalled.substring(0, Math.min(stalled.length(), STALLED_CHARS_KEPT));
    }

    /** The newest epoch. */
    public EpochRecord head() {
        return window.getLast();
    }
}
