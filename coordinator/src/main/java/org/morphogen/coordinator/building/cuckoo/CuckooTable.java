package org.morphogen.coordinator.building.cuckoo;

/** Which key stands in which row. Takes 4 bytes a row. Immutable once made, then thread-safe. */
public final class CuckooTable {
    /** Stands for no key. */
    public static final int EMPTY = -1;

    private final int[][] occupants;

    CuckooTable(int[][] occupants) {
        this.occupants = occupants;
    }

    /** The number of the key in that row, or {@link #EMPTY}. */
    public int occupant(int way, int row) {
        return occupants[way][row];
    }

    /** Rows of each way. */
    public int rowsPerWay() {
        return occupants[0].length;
    }
}
