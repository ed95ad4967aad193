package org.morphogen.coordinator.building;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.morphogen.addressing.TableAddressing;
import org.morphogen.addressing.TableSeeds;
import org.morphogen.coordinator.building.BuildListener.Stage;
import org.morphogen.coordinator.building.cuckoo.CandidateRows;
import org.morphogen.coordinator.building.cuckoo.CuckooTable;
import org.morphogen.coordinator.building.input.ReadTable;
import org.morphogen.coordinator.building.matrix.MatrixWriter;
import org.morphogen.coordinator.building.matrix.SyncedFile;
import org.morphogen.coordinator.building.spill.SpillFile;
import org.morphogen.coordinator.building.workers.BuildWorkers;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.morphogen.row.Account32;
import org.morphogen.snapshot.ChunkEntry;
import org.morphogen.snapshot.ChunkGeometry;
import org.morphogen.snapshot.DictionaryEntry;
import org.morphogen.snapshot.TableManifest;

/** The second half of building a table: from its spill file to chunk files. */
final class TableBuilder {
    private final SnapshotPlan plan;
    private final TablePlan table;
    private final ReadTable read;
    private final BuildWorkers workers;
    private final BuildListener listener;

    TableBuilder(SnapshotPlan plan, TablePlan table, ReadTable read, BuildWorkers workers, BuildListener listener) {
        this.plan = plan;
        this.table = table;
        this.read = read;
        this.workers = workers;
        this.listener = listener;
    }

    /** Writes the table's files and removes its spill file; keys that are given twice fail it. */
    BuiltTable build(Path folder) throws IOException {
        long rowsPerWay = plan.load().rowsPerWay(read.keys());
        requireIndexable(rowsPerWay);
        BuiltTable built;
        try (SpillFile spill = SpillFile.open(read.spillFile(), table.schema())) {
            Placement placed = new KeyPlacing(plan, table, spill, workers, listener).place((int) rowsPerWay);
            built = new BuiltTable(write(folder, placed, spill), placed.attempts());
        }
        Files.delete(read.spillFile());
        return built;
    }

    private TableManifest write(Path folder, Placement placed, SpillFile spill) throws IOException {
        int rowBytes = table.schema().rowBytes();
        long rowsPerWay = placed.table().rowsPerWay();
        TableSeeds seeds = placed.seeds();
        int chunkRows = plan.chunkRows(table.schema());
        MatrixWriter writer = new MatrixWriter(
                new ChunkGeometry(rowBytes, rowsPerWay, chunkRows),
                new TableAddressing(seeds, rowsPerWay),
                placed.table(),
                spill,
                workers);
        long rows = CandidateRows.WAYS * rowsPerWay;
        List<ChunkEntry> chunks =
                writer.write(folder, table.name(), done -> listener.progress(table.name(), Stage.WRITING, done, rows));
        return new TableManifest(
                table.name(),
                table.schema().name(),
                rowBytes,
                CandidateRows.WAYS,
                rowsPerWay,
                chunkRows,
                read.keys(),
                seeds,
                writeDictionary(folder),
                chunks);
    }

    private Optional<DictionaryEntry> writeDictionary(Path folder) throws IOException {
        if (!(table.schema() instanceof Account32)) {
            return Optional.empty();
        }
        String file = DictionaryEntry.fileName(table.name());
        String sha256 = SyncedFile.write(folder.resolve(file), read.codes().bytes());
        return Optional.of(new DictionaryEntry(file, read.codes().size(), sha256));
    }

    private void requireIndexable(long rowsPerWay) {
        if (read.keys() > CandidateRows.MAX || rowsPerWay > CandidateRows.MAX) {
            throw new MorphogenException(
                    FailureReason.REQUEST_INVALID,
                    "table: " + table.name() + " has " + read.keys() + " keys, more than " + CandidateRows.MAX + ".");
        }
    }

    /** A table whose files are written. */
    record BuiltTable(TableManifest manifest, int attempts) {}

    /** Where all keys stand, with the seeds that made it possible. */
    record Placement(CuckooTable table, TableSeeds seeds, int attempts) {}
}
