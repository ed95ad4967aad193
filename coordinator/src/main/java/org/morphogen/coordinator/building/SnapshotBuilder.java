package org.morphogen.coordinator.building;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.morphogen.coordinator.building.BuildListener.Stage;
import org.morphogen.coordinator.building.TableBuilder.BuiltTable;
import org.morphogen.coordinator.building.input.InputErrors;
import org.morphogen.coordinator.building.input.ReadTable;
import org.morphogen.coordinator.building.input.TableReading;
import org.morphogen.coordinator.building.matrix.SyncedFile;
import org.morphogen.coordinator.building.workers.BuildWorkers;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.morphogen.snapshot.Manifest;
import org.morphogen.snapshot.ManifestCodec;
import org.morphogen.snapshot.SnapshotDirectory;
import org.morphogen.snapshot.SourceInfo;
import org.morphogen.snapshot.TableManifest;

/**
 * Builds a snapshot in two passes: first the input is checked and spilled to disk as fixed-size records, then keys are
 * placed and the matrix is written. The same plan gives the same bytes on any machine and any number of threads.
 *
 * <p>Heap: 12 bytes a key and 5 a row of the table at hand (17.6 a key at load 0.90), some 100 bytes a different code
 * hash, a MiB a thread, and a few MiB. Disk: beside the snapshot, the spill files, a record of key + row + 1 byte an entry.
 */
public final class SnapshotBuilder {
    private SnapshotBuilder() {}

    /** Builds with all processors, see {@link #build(SnapshotPlan, Path, int, BuildListener)}. */
    public static BuildReport build(SnapshotPlan plan, Path output, BuildListener listener) {
        return build(plan, output, BuildWorkers.allProcessors(), listener);
    }

    /**
     * Builds into a new folder, which appears whole or not at all.
     *
     * @param threads that hash, place and write, 1 to {@link BuildWorkers#MAX_THREADS}; one reads
     * @throws MorphogenException REQUEST_INVALID for input that cannot be used, with the first errors by line;
     *     SETTINGS_INVALID for an output that is there already or a load that does not work; STORAGE_FAILED;
     *     CAPACITY_LACKING if the heap is too small
     */
    public static BuildReport build(SnapshotPlan plan, Path output, int threads, BuildListener listener) {
        Map<String, Integer> attempts = new HashMap<>();
        try (BuildWorkers workers = new BuildWorkers(threads);
                OutputFolder folder = OutputFolder.begin(output)) {
            List<ReadTable> read = readAll(plan, folder.working(), listener);
            List<TableManifest> tables = new ArrayList<>();
            for (int i = 0; i < read.size(); i++) {
                TablePlan table = plan.tables().get(i);
                BuiltTable built =
                        new TableBuilder(plan, table, read.get(i), workers, listener).build(folder.working());
                attempts.put(table.name(), built.attempts());
                tables.add(built.manifest());
            }
            Manifest manifest = new Manifest(Manifest.FORMAT, plan.block(), sources(plan, read), tables);
            SyncedFile.write(folder.working().resolve(Manifest.FILE), ManifestCodec.encode(manifest));
            folder.publish();
        } catch (IOException failed) {
            String why = failed instanceof ClosedByInterruptException ? "interrupted" : failed.getMessage();
            throw new MorphogenException(
                    FailureReason.STORAGE_FAILED,
                    "Cannot build " + output + ", nothing was left there: " + why + ".",
                    Map.of(),
                    failed);
        }
        return new BuildReport(SnapshotDirectory.open(output), attempts);
    }

    private static List<SourceInfo> sources(SnapshotPlan plan, List<ReadTable> read) {
        List<SourceInfo> sources = new ArrayList<>();
        for (int i = 0; i < read.size(); i++) {
            TablePlan table = plan.tables().get(i);
            sources.add(new SourceInfo(
                    table.name(), table.format().text(), read.get(i).sha256()));
        }
        return sources;
    }

    private static List<ReadTable> readAll(SnapshotPlan plan, Path folder, BuildListener listener) throws IOException {
        InputErrors errors = new InputErrors();
        List<ReadTable> read = new ArrayList<>();
        for (TablePlan table : plan.tables()) {
            Path spillFile =
                    Files.createDirectories(folder.resolve(table.name())).resolve("entries.spill");
            long bytes = table.input().bytes();
            read.add(TableReading.read(
                    table.input(),
                    table.format(),
                    table.schema(),
                    spillFile,
                    errors,
                    done -> listener.progress(table.name(), Stage.READING, done, bytes)));
        }
        errors.failIfAny();
        ChunkLimit.require(plan, read);
        return read;
    }
}
