package org.morphogen.coordinator.building;

import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import org.morphogen.addressing.TableAddressing;
import org.morphogen.addressing.TableSeeds;
import org.morphogen.coordinator.building.BuildListener.Stage;
import org.morphogen.coordinator.building.TableBuilder.Placement;
import org.morphogen.coordinator.building.cuckoo.CandidateRows;
import org.morphogen.coordinator.building.cuckoo.CuckooPlacement;
import org.morphogen.coordinator.building.cuckoo.CuckooTable;
import org.morphogen.coordinator.building.input.InputErrors;
import org.morphogen.coordinator.building.matrix.MatrixWriter;
import org.morphogen.coordinator.building.spill.SpillFile;
import org.morphogen.coordinator.building.workers.BuildWorkers;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;

/**
 * Finds a row for every key of a spill file, trying seeds until some do. Takes 12 bytes a key and 5 a row of heap, at
 * load 0.90 some 17.6 bytes a key, and 1 MiB.
 *
 * <p>Two keys whose tags are equal and which share a row are not told apart; that happens once in 2^64 pairs.
 */
final class KeyPlacing {
    /** Seeds that are tried before the build fails. */
    static final int MAX_ATTEMPTS = 16;

    private static final int KEYS_AT_ONCE = 1 << 20;
    private static final int WORTH_SHARING = 1 << 12;

    private final SnapshotPlan plan;
    private final TablePlan table;
    private final SpillFile spill;
    private final BuildWorkers workers;
    private final BuildListener listener;

    KeyPlacing(SnapshotPlan plan, TablePlan table, SpillFile spill, BuildWorkers workers, BuildListener listener) {
        this.plan = plan;
        this.table = table;
        this.spill = spill;
        this.workers = workers;
        this.listener = listener;
    }

    /** Places the keys; fails with REQUEST_INVALID telling those that are given twice. */
    Placement place(int rowsPerWay) {
        int keys = (int) spill.size();
        requireHeap(keys, rowsPerWay);
        InputErrors duplicates = new InputErrors();
        CandidateRows candidates = new CandidateRows(keys, rowsPerWay);
        for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
            TableSeeds seeds = TableSeeds.derive(plan.seed().bytes(), table.name(), CandidateRows.WAYS, attempt);
            fill(candidates, new TableAddressing(seeds, rowsPerWay));
            Optional<CuckooTable> placed = CuckooPlacement.place(candidates, new Watcher(keys, duplicates), workers);
            duplicates.failIfAny();
            if (placed.isPresent()) {
                return new Placement(placed.get(), seeds, attempt + 1);
            }
            listener.placementFailed(table.name(), attempt + 1);
        }
        throw new MorphogenException(
                FailureReason.SETTINGS_INVALID,
                "load: at " + plan.load().value() + " the keys of " + table.name() + " found no place with "
                        + MAX_ATTEMPTS + " different seeds; lower it.");
    }

    private void fill(CandidateRows candidates, TableAddressing addressing) {
        int keys = candidates.keys();
        for (int first = 0; first < keys; first += Math.min(KEYS_AT_ONCE, keys - first)) {
            int from = first;
            int count = Math.min(KEYS_AT_ONCE, keys - first);
            workers.share(
                    count,
                    WORTH_SHARING,
                    (part, parts) -> fill(
                            candidates,
                            addressing,
                            from + (int) BuildWorkers.start(count, part, parts),
                            from + (int) BuildWorkers.start(count, part + 1, parts)));
            listener.progress(table.name(), Stage.HASHING, from + (long) count, keys);
        }
    }

    private void fill(CandidateRows candidates, TableAddressing addressing, int from, int to) {
        SpillFile.Keys keys = spill.keys();
        for (int key = from; key < to; key++) {
            long[] rows = addressing.rows(keys.key(key));
            for (int way = 0; way < CandidateRows.WAYS; way++) {
                candidates.set(way, key, rows[way]);
            }
        }
    }

    private void requireHeap(int keys, int rowsPerWay) {
        long needed = CuckooPlacement.heapBytes(keys, rowsPerWay)
                + (long) workers.threads() * MatrixWriter.MOST_BYTES_A_THREAD;
        long most = Runtime.getRuntime().maxMemory();
        if (needed > most) {
            throw new MorphogenException(
                    FailureReason.CAPACITY_LACKING,
                    "Placing the " + keys + " keys of " + table.name() + " takes " + (needed >> 20)
                            + " MiB of heap; this process may use " + (most >> 20)
                            + " MiB. Start it with a larger -Xmx.",
                    Map.of("neededBytes", Long.toString(needed)));
        }
    }

    private final class Watcher implements CuckooPlacement.Watcher {
        private final int keys;
        private final InputErrors duplicates;

        Watcher(int keys, InputErrors duplicates) {
            this.keys = keys;
            this.duplicates = duplicates;
        }

        @Override
        public boolean isSameKey(int earlier, int later) {
            if (!spill.sameKey(earlier, later)) {
                return false;
            }
            String key = HexFormat.of().formatHex(spill.keys().key(later));
            duplicates.add(
                    table.input().name(),
                    spill.line(later),
                    "key 0x" + key + " stands in line " + spill.line(earlier) + " already");
            return true;
        }

        @Override
        public void placed(int placed) {
            listener.progress(table.name(), Stage.PLACING, placed, keys);
        }
    }
}
