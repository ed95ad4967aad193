package org.morphogen.coordinator.delta;

import java.util.List;

/** A key that gets a row. Its row is not to be changed. */
final class NewKey {
    private final List<RowPlace> candidates;
    private final byte[] row;

    NewKey(List<RowPlace> candidates, byte[] row) {
        this.candidates = candidates;
        this.row = row;
    }

    /** Where it may stand, ways ascending. */
    List<RowPlace> candidates() {
        return candidates;
    }

    byte[] row() {
        return row;
    }
}
