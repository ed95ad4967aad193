package org.morphogen.coordinator.cli;

import java.util.List;
import java.util.Locale;
import org.morphogen.snapshot.BlockInfo;
import org.morphogen.snapshot.SnapshotDirectory;
import org.morphogen.snapshot.TableManifest;

/**
 * What {@code morphogen snapshot} tells of a snapshot.
 *
 * @param folder where it lies
 * @param digest the snapshot's name
 * @param matrixBytes bytes of all chunks
 */
record SnapshotSummary(String folder, String digest, BlockInfo block, long matrixBytes, List<Table> tables) {

    /**
     * One table.
     *
     * @param load keys for each row
     * @param codeHashes entries of the dictionary, 0 without one
     */
    record Table(
            String name,
            String schema,
            long keys,
            double load,
            int ways,
            long rowsPerWay,
            int rowBytes,
            int chunks,
            int chunkRows,
            long bytes,
            int codeHashes) {
        static Table of(TableManifest table) {
            long rows = table.ways() * table.rowsPerWay();
            return new Table(
                    table.name(),
                    table.schema(),
                    table.keys(),
                    Math.rint(1e4 * table.keys() / rows) / 1e4,
                    table.ways(),
                    table.rowsPerWay(),
                    table.rowBytes(),
                    table.chunks().size(),
                    table.chunkRows(),
                    rows * table.rowBytes(),
                    table.dictionary().map(d -> d.entries()).orElse(0));
        }
    }

    static SnapshotSummary of(SnapshotDirectory snapshot) {
        return new SnapshotSummary(
                snapshot.folder().toString(),
                snapshot.digest().hex(),
                snapshot.manifest().block(),
                snapshot.manifest().matrixBytes(),
                snapshot.manifest().tables().stream().map(Table::of).toList());
    }

    /** For people. */
    String text() {
        TextTable table = new TextTable(
                "TABLE", "SCHEMA", "KEYS", "LOAD", "WAYS", "ROWS/WAY", "ROW BYTES", "CHUNKS", "BYTES", "CODE HASHES");
        for (Table t : tables) {
            table.row(
                    t.name,
                    t.schema,
                    t.keys,
                    String.format(Locale.ROOT, "%.4f", t.load),
                    t.ways,
                    t.rowsPerWay,
                    t.rowBytes,
                    t.chunks,
                    t.bytes,
                    t.codeHashes);
        }
        return String.join(
                System.lineSeparator(),
                "snapshot    " + folder,
                "digest      " + digest,
                "block       " + block.number() + "  " + block.hash(),
                "state root  " + block.stateRoot(),
                "",
                table.toString());
    }
}
