package org.morphogen.coordinator.delta;

import org.morphogen.coordinator.building.cuckoo.CandidateRows;
import org.morphogen.coordinator.building.cuckoo.CuckooPlacement;
import org.morphogen.coordinator.building.cuckoo.CuckooTable;
import org.morphogen.coordinator.building.workers.BuildWorkers;

/** A table that holds keys 0, 1, 2 and so on where the snapshot builder places them, each with its number as value. */
final class BuiltTable {
    private BuiltTable() {}

    static TestTable of(int keys, int rowsPerWay) {
        TestTable table = new TestTable(rowsPerWay);
        CandidateRows candidates = new CandidateRows(keys, rowsPerWay);
        for (int key = 0; key < keys; key++) {
            long[] rows = table.addressing().rows(TestKeys.key(key));
            for (int way = 0; way < TestTable.WAYS; way++) {
                candidates.set(way, key, rows[way]);
            }
        }
        try (BuildWorkers alone = new BuildWorkers(1)) {
            fill(
                    table,
                    CuckooPlacement.place(candidates, new AllDifferent(), alone).orElseThrow());
        }
        return table;
    }

    private static void fill(TestTable table, CuckooTable placed) {
        for (int way = 0; way < TestTable.WAYS; way++) {
            for (int row = 0; row < placed.rowsPerWay(); row++) {
                int key = placed.occupant(way, row);
                if (key != CuckooTable.EMPTY) {
                    table.put(way, TestKeys.key(key), key);
                }
            }
        }
    }

    private static final class AllDifferent implements CuckooPlacement.Watcher {
        @Override
        public boolean isSameKey(int earlier, int later) {
            return false;
        }

        @Override
        public void placed(int keys) {}
    }
}
