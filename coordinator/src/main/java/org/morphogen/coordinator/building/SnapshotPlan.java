package org.morphogen.coordinator.building;

import java.util.Comparator;
import java.util.List;
import java.util.OptionalInt;
import org.morphogen.coordinator.building.cuckoo.LoadFactor;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.morphogen.row.RowSchema;
import org.morphogen.snapshot.BlockInfo;
import org.morphogen.snapshot.ChunkGeometry;

/**
 * A snapshot to build. Two equal plans give the same bytes, whatever the paths and the time.
 *
 * @param block whose state the input is
 * @param tables at least one; kept ordered by name, no name twice
 * @param seed what all hash seeds follow from
 * @param load how full the tables get
 * @param chunkRows rows of each chunk, a power of two from 128; the most that make 1 GiB where it is not given
 */
public record SnapshotPlan(
        BlockInfo block, List<TablePlan> tables, MasterSeed seed, LoadFactor load, OptionalInt chunkRows) {

    public SnapshotPlan {
        tables = tables.stream().sorted(Comparator.comparing(TablePlan::name)).toList();
        if (tables.isEmpty()) {
            throw invalid("table: a snapshot has at least one.");
        }
        for (int i = 1; i < tables.size(); i++) {
            if (tables.get(i).name().equals(tables.get(i - 1).name())) {
                throw invalid("table: " + tables.get(i).name() + " is given twice.");
            }
        }
        for (TablePlan table : tables) {
            checkChunkRows(table.schema(), chunkRows);
        }
    }

    /** With the seed that follows from the block, load 0.90 and the largest chunks. */
    public static SnapshotPlan usual(BlockInfo block, List<TablePlan> tables) {
        return new SnapshotPlan(block, tables, MasterSeed.of(block), LoadFactor.USUAL, OptionalInt.empty());
    }

    /** Rows of each chunk of a table with that schema. */
    int chunkRows(RowSchema schema) {
        return chunkRows.orElse(ChunkGeometry.largestChunkRows(schema.rowBytes()));
    }

    private static void checkChunkRows(RowSchema schema, OptionalInt chunkRows) {
        try {
            chunkRows.ifPresent(rows -> new ChunkGeometry(schema.rowBytes(), ChunkGeometry.MAX_CHUNK_BYTES, rows));
        } catch (IllegalArgumentException unfit) {
            throw invalid(unfit.getMessage() + ".");
        }
    }

    private static MorphogenException invalid(String message) {
        return new MorphogenException(FailureReason.SETTINGS_INVALID, message);
    }
}
