package org.morphogen.coordinator.delta;

import java.util.Arrays;

/** One row of a delta: what to XOR a row with. Doing it again undoes it. Immutable. */
public final class RowChange {
    private final RowPlace place;
    private final byte[] diff;

    /** Copies the diff. */
    public RowChange(RowPlace place, byte[] diff) {
        this.place = place;
        this.diff = diff.clone();
    }

    /** The row that changes. */
    public RowPlace place() {
        return place;
    }

    /** A copy of the row before XOR the row after. */
    public byte[] diff() {
        return diff.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof RowChange that && place.equals(that.place) && Arrays.equals(diff, that.diff);
    }

    @Override
    public int hashCode() {
        return 31 * place.hashCode() + Arrays.hashCode(diff);
    }

    @Override
    public String toString() {
        return "RowChange[" + place + ", " + diff.length + " bytes]";
    }
}
