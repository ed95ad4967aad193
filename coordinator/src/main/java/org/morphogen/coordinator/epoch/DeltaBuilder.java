package org.morphogen.coordinator.epoch;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import org.morphogen.coordinator.delta.DeltaPlan;
import org.morphogen.coordinator.delta.DeltaPlanner;
import org.morphogen.coordinator.delta.RowChange;
import org.morphogen.coordinator.delta.RowEdit;
import org.morphogen.coordinator.delta.RowReader;
import org.morphogen.coordinator.feed.BlockChanges;
import org.morphogen.coordinator.feed.Wanted;
import org.morphogen.epoch.Delta;
import org.morphogen.epoch.DeltaHeader;
import org.morphogen.epoch.DeltaPiece;
import org.morphogen.epoch.DictionaryGrowth;
import org.morphogen.epoch.Epoch;
import org.morphogen.epoch.GrownDictionaries;
import org.morphogen.epoch.GrownDictionary;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.morphogen.row.Bytes32;
import org.morphogen.row.CodeDictionary;
import org.morphogen.row.RowSchema;
import org.morphogen.row.Slot48;
import org.morphogen.snapshot.ChunkId;
import org.morphogen.snapshot.DictionaryEntry;
import org.morphogen.snapshot.Manifest;
import org.morphogen.snapshot.SnapshotDirectory;
import org.morphogen.snapshot.TableManifest;

/**
 * Makes the delta of a block. What it makes follows from the rows and dictionaries of the epoch before and the block
 * alone, so both parties make the same. Thread-safe: whoever waits for rows holds up nobody.
 */
final class DeltaBuilder {
    private final Manifest manifest;
    private final Map<String, CodeBook> codes;

    private DeltaBuilder(Manifest manifest, Map<String, CodeBook> codes) {
        this.manifest = manifest;
        this.codes = Map.copyOf(codes);
    }

    /** For a generation of that snapshot; fails with SNAPSHOT_INVALID or STORAGE_FAILED when it cannot be read. */
    static DeltaBuilder open(SnapshotDirectory snapshot) {
        Map<String, CodeBook> codes = new HashMap<>();
        for (TableManifest table : snapshot.manifest().tables()) {
            table.dictionary().ifPresent(entry -> codes.put(table.name(), new CodeBook(read(snapshot, entry))));
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

    /** What the tables need of a block: slots only where there is a table of them. */
    Wanted wanted() {
        boolean slots = manifest.tables().stream()
                .map(table -> RowSchema.parse(table.schema()))
                .anyMatch(Slot48.class::isInstance);
        return slots ? Wanted.ACCOUNTS_AND_SLOTS : Wanted.ACCOUNTS;
    }

    /**
     * The delta of a block.
     *
     * @param parent the epoch before
     * @param dictionaries as they were at that epoch
     * @param rows reads a table's rows as they were at that epoch
     */
    BuiltDelta build(
            Epoch parent, GrownDictionaries dictionaries, BlockChanges block, Function<TableManifest, RowReader> rows) {
        List<DeltaPiece> pieces = new ArrayList<>();
        List<DictionaryGrowth> growths = new ArrayList<>();
        for (TableManifest table : manifest.tables()) {
            Optional<BlockCodes> begun = begin(table, dictionaries, block);
            if (begun.isEmpty()) {
                return fullDictionary(table, block);
            }
            BlockCodes known = begun.get();
            if (!known.added().isEmpty()) {
                growths.add(new DictionaryGrowth(table.name(), known.added()));
            }
            DeltaPlanner planner = new DeltaPlanner(table.addressing(), table.rowBytes());
            switch (planner.plan(edits(table, known, block), rows.apply(table))) {
                case DeltaPlan.Planned planned -> addPieces(table, planned.changes(), pieces);
                case DeltaPlan.Full full -> {
                    return full(table, full, block);
                }
            }
        }
        pieces.sort((one, other) -> one.chunk().compareTo(other.chunk()));
        growths.sort(Comparator.comparing(DictionaryGrowth::table));
        DeltaHeader header = new DeltaHeader(
                parent.digest(),
                parent.number() + 1,
                block.block(),
                Bytes32.parse(block.parentHash()),
                growths,
                pieces.stream().map(DeltaPiece::digest).toList());
        return new BuiltDelta.Whole(Delta.of(header, pieces));
    }

    /** Gives ids to the block's new codes; empty when there is no room for them. */
    private Optional<BlockCodes> begin(TableManifest table, GrownDictionaries dictionaries, BlockChanges block) {
        CodeBook book = codes.get(table.name());
        Optional<GrownDictionary> before = dictionaries.of(table.name());
        if (book == null || before.isEmpty()) {
            return Optional.of(BlockCodes.NONE);
        }
        try {
            return Optional.of(book.begin(before.get(), block));
        } catch (IllegalArgumentException tooLong) {
            return Optional.empty();
        }
    }

    private static List<RowEdit> edits(TableManifest table, BlockCodes known, BlockChanges block) {
        return new TableEdits(RowSchema.parse(table.schema()), table.addressing(), known).of(block);
    }

    private static BuiltDelta fullDictionary(TableManifest table, BlockChanges block) {
        return new BuiltDelta.Impossible("The dictionary of table " + table.name() + " is full at block "
                + block.block().number() + ": blocks have added " + GrownDictionary.MOST_ADDED
                + " code hashes since the snapshot. Build and publish a newer snapshot; until then the party serves the"
                + " block before.");
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
