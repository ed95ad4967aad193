package org.morphogen.bench.cuckoo;

import java.util.Arrays;
import org.morphogen.coordinator.building.cuckoo.CandidateRows;

/**
 * Local search with labels as published (M. Khosla, "Balls into Bins Made Faster", ESA 2013): each key, and whoever it
 * displaces, is brought home before the next one comes. The baseline of searching many at once.
 */
final class OneByOne {
    private static final int MAX_LABEL = 100;
    private static final int NOBODY = -1;

    private final CandidateRows candidates;
    private final int[][] occupants;
    private final byte[][] labels;

    private OneByOne(CandidateRows candidates) {
        this.candidates = candidates;
        this.occupants = new int[CandidateRows.WAYS][candidates.rowsPerWay()];
        this.labels = new byte[CandidateRows.WAYS][candidates.rowsPerWay()];
        for (int[] way : occupants) {
            Arrays.fill(way, NOBODY);
        }
    }

    /** Whether all keys found a row. */
    static boolean place(CandidateRows candidates) {
        OneByOne table = new OneByOne(candidates);
        for (int key = 0; key < candidates.keys(); key++) {
            if (!table.place(key)) {
                return false;
            }
        }
        return true;
    }

    private boolean place(int key) {
        int homeless = key;
        while (homeless != NOBODY) {
            int label0 = labels[0][candidates.row(0, homeless)];
            int label1 = labels[1][candidates.row(1, homeless)];
            int label2 = labels[2][candidates.row(2, homeless)];
            int way = label0 <= label1 && label0 <= label2 ? 0 : label1 <= label2 ? 1 : 2;
            int others = way == 0 ? Math.min(label1, label2) : Math.min(label0, way == 1 ? label2 : label1);
            if (others >= MAX_LABEL) {
                return false;
            }
            int row = candidates.row(way, homeless);
            int displaced = occupants[way][row];
            labels[way][row] = (byte) (others + 1);
            occupants[way][row] = homeless;
            homeless = displaced;
        }
        return true;
    }
}
