package org.morphogen.coordinator.building;

import java.util.List;
import java.util.Map;
import org.morphogen.coordinator.building.cuckoo.CandidateRows;
import org.morphogen.coordinator.building.input.ReadTable;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.morphogen.snapshot.ChunkGeometry;
import org.morphogen.snapshot.ManifestCodec;

/** Keeps a manifest within what its readers take in, before any chunk is written. */
final class ChunkLimit {
    /** Most bytes that a manifest takes for a chunk. */
    static final int BYTES_OF_A_CHUNK = 320;

    /** Most chunks of all tables together. */
    static final long MOST = ManifestCodec.MAX_BYTES / BYTES_OF_A_CHUNK - 1000;

    private ChunkLimit() {}

    /** Fails with SETTINGS_INVALID if these tables, in the plan's order, make too many chunks. */
    static void require(SnapshotPlan plan, List<ReadTable> tables) {
        long chunks = 0;
        for (int i = 0; i < tables.size(); i++) {
            TablePlan table = plan.tables().get(i);
            long rowsPerWay = plan.load().rowsPerWay(tables.get(i).keys());
            int chunkRows = plan.chunkRows(table.schema());
            chunks += (long) CandidateRows.WAYS
                    * new ChunkGeometry(table.schema().rowBytes(), rowsPerWay, chunkRows).chunksPerWay();
        }
        if (chunks > MOST) {
            throw new MorphogenException(
                    FailureReason.SETTINGS_INVALID,
                    "chunk-rows: the tables would have " + chunks + " chunks, more than the " + MOST
                            + " that a manifest holds; give more rows.",
                    Map.of("chunks", Long.toString(chunks), "limit", Long.toString(MOST)));
        }
    }
}
