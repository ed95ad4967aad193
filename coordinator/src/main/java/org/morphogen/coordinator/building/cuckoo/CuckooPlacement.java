package org.morphogen.coordinator.building.cuckoo;

import java.util.Arrays;
import java.util.Optional;

/**
 * Gives every key one of its three candidate rows and no row to two keys, by local search with labels (M. Khosla,
 * "Balls into Bins Made Faster", ESA 2013): a row's label is a lower bound of its distance to an empty row; a key takes
 * its candidate with the lowest label, ties going to the lowest way, and whoever stood there looks again. Keys are
 * placed in the order of their numbers, so the outcome follows from the candidates alone.
 *
 * <p>Each step raises a label, and a label over {@link #MAX_LABEL} ends the search as failed: so it always ends, after
 * at most {@code rows * MAX_LABEL} steps. Beside the candidates it takes 5 bytes a row. Not thread-safe.
 */
public final class CuckooPlacement {
    /** The greatest label. Searches that succeed, from 128 rows a way to 3.7 million, reach 13 at load 0.915. */
    static final int MAX_LABEL = 40;

    private static final int PROGRESS_KEYS = 1 << 18;

    private final CandidateRows candidates;
    private final int[][] occupants;
    private final byte[][] labels;

    private CuckooPlacement(CandidateRows candidates) {
        this.candidates = candidates;
        this.occupants = new int[CandidateRows.WAYS][candidates.rowsPerWay()];
        this.labels = new byte[CandidateRows.WAYS][candidates.rowsPerWay()];
        for (int[] way : occupants) {
            Arrays.fill(way, CuckooTable.EMPTY);
        }
    }

    /**
     * Places all keys. A key whose candidates are exactly those of an earlier one may be the same key given twice:
     * {@code watcher} decides, and a duplicate is left out of the table.
     *
     * @return empty if some key found no row
     */
    public static Optional<CuckooTable> place(CandidateRows candidates, Watcher watcher) {
        CuckooPlacement placement = new CuckooPlacement(candidates);
        for (int key = 0; key < candidates.keys(); key++) {
            if (!placement.isDuplicate(key, watcher) && !placement.place(key)) {
                return Optional.empty();
            }
            if ((key + 1) % PROGRESS_KEYS == 0) {
                watcher.placed(key + 1);
            }
        }
        return Optional.of(new CuckooTable(placement.occupants));
    }

    /** Heap bytes of candidates and placement together. */
    public static long heapBytes(long keys, long rowsPerWay) {
        return CandidateRows.WAYS * (Integer.BYTES * keys + (Integer.BYTES + Byte.BYTES) * rowsPerWay);
    }

    /** An earlier key with the same candidates has been placed, so it stands in one of them. */
    private boolean isDuplicate(int key, Watcher watcher) {
        for (int way = 0; way < CandidateRows.WAYS; way++) {
            int earlier = occupants[way][candidates.row(way, key)];
            if (earlier != CuckooTable.EMPTY && candidates.same(earlier, key) && watcher.isSameKey(earlier, key)) {
                return true;
            }
        }
        return false;
    }

    private boolean place(int key) {
        int homeless = key;
        while (homeless != CuckooTable.EMPTY) {
            int first = labels[0][candidates.row(0, homeless)];
            int second = labels[1][candidates.row(1, homeless)];
            int third = labels[2][candidates.row(2, homeless)];
            int way = first <= second && first <= third ? 0 : second <= third ? 1 : 2;
            int others = way == 0 ? Math.min(second, third) : Math.min(first, way == 1 ? third : second);
            if (others >= MAX_LABEL) {
                return false;
            }
            int row = candidates.row(way, homeless);
            int previous = occupants[way][row];
            labels[way][row] = (byte) (others + 1);
            occupants[way][row] = homeless;
            homeless = previous;
        }
        return true;
    }

    /** Asked and told while keys are placed. */
    public interface Watcher {
        /** Whether two keys with the same candidates are the same key; {@code later} is left out then. */
        boolean isSameKey(int earlier, int later);

        /** So many keys have been placed; called now and then. */
        void placed(int keys);
    }
}
