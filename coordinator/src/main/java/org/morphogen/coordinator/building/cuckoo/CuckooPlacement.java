package org.morphogen.coordinator.building.cuckoo;

import java.util.Arrays;
import java.util.Optional;
import org.morphogen.coordinator.building.workers.BuildWorkers;

/**
 * Gives every key one of its three candidate rows and no row to two keys, by local search with labels (M. Khosla,
 * "Balls into Bins Made Faster", ESA 2013): a row's label is a lower bound of its distance to an empty row; a key takes
 * its candidate with the lowest label, ties going to the lowest way, and whoever stood there looks again.
 *
 * <p>Here many keys search at once, in rounds. All of a round choose by the labels as they stood before it; of those
 * that want the same row the first takes it, the others look again. A round's keys are those left from the last one,
 * in their order, and then new ones in the order of their numbers, {@value Homeless#MOST} together. So memory is asked
 * for many rows at a time, threads share each round, and still the outcome follows from the candidates alone.
 *
 * <p>A label that was read before the round is still a lower bound after it, for labels only rise. Each row taken
 * raises one, and a label over {@link #MAX_LABEL} ends the search as failed: so it always ends, after at most
 * {@code rows * MAX_LABEL} of them. Beside the candidates it takes 5 bytes a row and 1 MiB. Not thread-safe.
 */
public final class CuckooPlacement {
    /** The greatest label. Searches that succeed, from 128 rows a way to 3.7 million, reach 13 at load 0.915. */
    static final int MAX_LABEL = 40;

    private static final int WORTH_SHARING = 1 << 12;

    private final CandidateRows candidates;
    private final int[][] occupants;
    private final byte[][] labels;
    private final Homeless homeless = new Homeless();

    private CuckooPlacement(CandidateRows candidates) {
        this.candidates = candidates;
        this.occupants = new int[CandidateRows.WAYS][candidates.rowsPerWay()];
        this.labels = new byte[CandidateRows.WAYS][candidates.rowsPerWay()];
        for (int[] way : occupants) {
            Arrays.fill(way, CuckooTable.EMPTY);
        }
    }

    /**
     * Places all keys. A key whose candidates are exactly those of another may be the same key given twice:
     * {@code watcher} decides, and a duplicate is left out of the table.
     *
     * @return empty if some key found no row
     */
    public static Optional<CuckooTable> place(CandidateRows candidates, Watcher watcher, BuildWorkers workers) {
        CuckooPlacement placement = new CuckooPlacement(candidates);
        int next = 0;
        do {
            next = placement.homeless.fill(next, candidates.keys());
            if (!placement.round(watcher, workers)) {
                return Optional.empty();
            }
            watcher.placed(next - placement.homeless.size());
        } while (next < candidates.keys() || placement.homeless.size() > 0);
        return Optional.of(new CuckooTable(placement.occupants));
    }

    /** Heap bytes of candidates and placement together. */
    public static long heapBytes(long keys, long rowsPerWay) {
        return CandidateRows.WAYS * (Integer.BYTES * keys + (Integer.BYTES + Byte.BYTES) * rowsPerWay) + Homeless.BYTES;
    }

    /** Whether all keys still have a hope. */
    private boolean round(Watcher watcher, BuildWorkers workers) {
        int size = homeless.size();
        workers.share(size, WORTH_SHARING, (part, parts) -> {
            int from = (int) BuildWorkers.start(size, part, parts);
            int to = (int) BuildWorkers.start(size, part + 1, parts);
            choose(from, to);
            suspectNew(Math.max(from, homeless.firstNew()), to);
        });
        for (int entry = homeless.firstNew(); entry < size; entry++) {
            if (homeless.isSuspect(entry) && standsAlready(homeless.key(entry), watcher)) {
                homeless.drop(entry);
            }
        }
        workers.share(
                size,
                WORTH_SHARING,
                (part, parts) -> takeRows(
                        BuildWorkers.start(candidates.rowsPerWay(), part, parts),
                        BuildWorkers.start(candidates.rowsPerWay(), part + 1, parts)));
        for (int entry = 0; entry < size; entry++) {
            if (homeless.hasLost(entry)) {
                dropIfDuplicate(entry, watcher);
            }
            if (homeless.nextLabel(entry) > MAX_LABEL) {
                return false;
            }
        }
        homeless.endRound();
        return true;
    }

    /** Reads labels; the entries from {@code from} to {@code to} are written. */
    private void choose(int from, int to) {
        int[] rows0 = candidates.ofWay(0);
        int[] rows1 = candidates.ofWay(1);
        int[] rows2 = candidates.ofWay(2);
        byte[] labels0 = labels[0];
        byte[] labels1 = labels[1];
        byte[] labels2 = labels[2];
        for (int entry = from; entry < to; entry++) {
            int key = homeless.key(entry);
            int way = 0;
            int row = rows0[key];
            int least = labels0[row];
            int label1 = labels1[rows1[key]];
            int label2 = labels2[rows2[key]];
            int second = Math.min(label1, label2);
            // Short enough for moves under a condition: a branch that is guessed wrong here would wait for memory.
            if (label1 < least) {
                second = Math.min(least, label2);
                way = 1;
                row = rows1[key];
                least = label1;
            }
            if (label2 < least) {
                second = least;
                way = 2;
                row = rows2[key];
                least = label2;
            }
            homeless.choose(entry, way, row, least, second + 1);
        }
    }

    private void suspectNew(int from, int to) {
        int[] rows0 = candidates.ofWay(0);
        int[] rows1 = candidates.ofWay(1);
        int[] rows2 = candidates.ofWay(2);
        for (int entry = from; entry < to; entry++) {
            int key = homeless.key(entry);
            int row0 = rows0[key];
            int row1 = rows1[key];
            int in0 = occupants[0][row0];
            int in1 = occupants[1][row1];
            int in2 = occupants[2][rows2[key]];
            // Who stands in a row has that candidate; one other is compared first.
            homeless.suspect(
                    entry,
                    (in0 != CuckooTable.EMPTY && rows1[in0] == row1)
                            || (in1 != CuckooTable.EMPTY && rows0[in1] == row0)
                            || (in2 != CuckooTable.EMPTY && rows0[in2] == row0));
        }
    }

    /** Goes through all entries in their order, for the rows from {@code from} to {@code to} of each way. */
    private void takeRows(long from, long to) {
        for (int entry = 0; entry < homeless.size(); entry++) {
            int row = homeless.row(entry);
            if (row < from || row >= to) {
                continue;
            }
            int way = homeless.way(entry);
            if (labels[way][row] != homeless.label(entry)) {
                homeless.displaced(entry, homeless.key(entry));
            } else {
                homeless.displaced(entry, occupants[way][row]);
                labels[way][row] = (byte) homeless.nextLabel(entry);
                occupants[way][row] = homeless.key(entry);
            }
        }
    }

    private boolean standsAlready(int key, Watcher watcher) {
        for (int way = 0; way < CandidateRows.WAYS; way++) {
            int earlier = occupants[way][candidates.row(way, key)];
            if (haveSameCandidates(earlier, key) && watcher.isSameKey(earlier, key)) {
                return true;
            }
        }
        return false;
    }

    /**
     * Of two equal keys that are homeless in the same round neither sees the other in a row; but they want the same
     * one, round after round, until one of them has it. Then the other comes here.
     */
    private void dropIfDuplicate(int entry, Watcher watcher) {
        int loser = homeless.key(entry);
        int winner = occupants[homeless.way(entry)][homeless.row(entry)];
        if (haveSameCandidates(winner, loser) && watcher.isSameKey(Math.min(winner, loser), Math.max(winner, loser))) {
            occupants[homeless.way(entry)][homeless.row(entry)] = Math.min(winner, loser);
            homeless.drop(entry);
        }
    }

    private boolean haveSameCandidates(int one, int other) {
        return one != CuckooTable.EMPTY && candidates.same(one, other);
    }

    /** Asked and told while keys are placed, by the thread that places them. */
    public interface Watcher {
        /** Whether two keys with the same candidates are the same key; {@code later} is left out then. */
        boolean isSameKey(int earlier, int later);

        /** So many keys have been placed; called now and then. */
        void placed(int keys);
    }
}
