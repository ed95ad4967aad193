package org.morphogen.coordinator.epoch;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.morphogen.coordinator.delta.DeltaPlan;
import org.morphogen.coordinator.delta.DeltaPlanner;
import org.morphogen.coordinator.delta.RowChange;
import org.morphogen.coordinator.delta.RowEdit;
import org.morphogen.coordinator.delta.RowReader;
import org.morphogen.coordinator.feed.BlockChanges;
import org.morphogen.epoch.Delta;
import org.morphogen.epoch.DeltaHeader;
import org.morphogen.epoch.DeltaPiece;
import org.morphogen.epoch.Epoch;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.morphogen.row.Bytes32;
import org.morphogen.row.CodeDictionary;
import org.morphogen.row.RowSchema;
import org.morphogen.snapshot.ChunkId;
import org.morphogen.snapshot.DictionaryEntry;
import org.morphogen.snapshot.Manifest;
import org.morphogen.snapshot.SnapshotDirectory;
import org.morphogen.snapshot.TableManifest;

/**
 * Makes the delta of a block. What it makes follows from the rows of the epoch before and the block alone, so both
 * parties make the same. Immutable and thread-safe.
 */
final class DeltaBuilder {
    private final Manifest manifest;
    private final Map<String, CodeIds> codes;

    private DeltaBuilder(Manifest manifest, Map<String, CodeIds> codes) {
        this.manifest = manifest;
        this.codes = codes;
    }

    /** For a generation of that snapshot; fails with SNAPSHOT_INVALID or STORAGE_FAILED when it cannot be read. */
    static DeltaBuilder open(SnapshotDirectory snapshot) {
        Map<String, CodeIds> codes = new HashMap<>();
        for (TableManifest table : snapshot.manifest().tables()) {
            table.dictionary().ifPresent(entry -> codes.put(table.name(), new CodeIds(read(snapshot, entry))));
        }
        return new DeltaBuilder(snapshot.manifest(), codes);
    }

    private static CodeDictionary read(SnapshotDirectory snapshot, DictionaryEntry entry) {
        try {
            return CodeDictionary.parse(Files.readAllBytes(snapshot.path(entry.file())));
        } catch (IOException unreadable) {
            throw new MorphogenException(
                    FailureReason.STORAGE_FAILED,
                    "Cannot read " + snapshot.path(entry.file()) + ": " + unreadable.getMessage() + ".",
                    Map.of(),
                    unreadable);
        }
    }

    /** The snapshot's tables. */
    Manifest manifest() {
        return manifest;
    }

    /**
     * The delta of a block.
     *
     * @param parent the epoch before
     * @param rows reads a table's rows as they were at that epoch
     */
    BuiltDelta build(Epoch parent, BlockChanges block, Function<TableManifest, RowReader> rows) {
        List<DeltaPiece> pieces = new ArrayList<>();
        for (TableManifest table : manifest.tables()) {
            try {
                List<RowEdit> edits = edits(table, block);
                DeltaPlan plan = new DeltaPlanner(table.addressing(), table.rowBytes()).plan(edits, rows.apply(table));
                switch (plan) {
                    case DeltaPlan.Planned planned -> addPieces(table, planned.changes(), pieces);
                    case DeltaPlan.Full full -> {
                        return full(table, full, block);
                    }
                }
            } catch (CodeIds.UnknownCode unknown) {
                return new BuiltDelta.Impossible("Block " + block.block().number() + " has a contract whose code came"
                        + " after the snapshot, which table " + table.name()
                        + " cannot name. Build and publish a newer snapshot; with rows of account-64 this does not"
                        + " happen.");
            }
        }
        pieces.sort((one, other) -> one.chunk().compareTo(other.chunk()));
        DeltaHeader header = new DeltaHeader(
                parent.digest(),
                parent.number() + 1,
                block.block(),
                Bytes32.parse(block.parentHash()),
                List.of(),
                pieces.stream().map(DeltaPiece::digest).toList());
        return new BuiltDelta.Whole(Delta.of(header, pieces));
    }

    private List<RowEdit> edits(TableManifest table, BlockChanges block) {
        return new TableEdits(
                        RowSchema.parse(table.schema()),
                        table.addressing(),
                        codes.getOrDefault(table.name(), CodeIds.NONE))
                .of(block);
    }

    private static BuiltDelta full(TableManifest table, DeltaPlan.Full full, BlockChanges block) {
        return new BuiltDelta.Impossible("Table " + table.name() + " is too full: " + full.homeless()
                + " or more new keys of block " + block.block().number()
                + " find no row. Build a newer snapshot with a lower load and publish it; until then the party serves"
                + " the block before.");
    }

    private static void addPieces(TableManifest table, List<RowChange> changes, List<DeltaPiece> pieces) {
        TreeMap<ChunkId, List<RowChange>> byChunk = new TreeMap<>();
        for (RowChange change : changes) {
            int index = (int) (change.place().row() / table.chunkRows());
            byChunk.computeIfAbsent(new ChunkId(table.name(), change.place().way(), index), _ -> new ArrayList<>())
                    .add(change);
        }
        byChunk.forEach((chunk, rows) -> {
            ByteBuffer entries = ByteBuffer.allocate(rows.size() * DeltaPiece.entryBytes(table.rowBytes()));
            rows.forEach(change -> entries.putInt((int) (change.place().row() % table.chunkRows()))
                    .put(change.diff()));
            pieces.add(new DeltaPiece(chunk, table.rowBytes(), entries.array()));
        });
    }
}
