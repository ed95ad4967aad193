package org.morphogen.coordinator.building.matrix;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongConsumer;
import org.morphogen.addressing.TableAddressing;
import org.morphogen.coordinator.building.cuckoo.CandidateRows;
import org.morphogen.coordinator.building.cuckoo.CuckooTable;
import org.morphogen.coordinator.building.spill.SpillFile;
import org.morphogen.coordinator.building.workers.BuildWorkers;
import org.morphogen.snapshot.ChunkEntry;
import org.morphogen.snapshot.ChunkGeometry;
import org.morphogen.snapshot.ChunkId;

/**
 * Writes the chunk files of one table, one after another and each from start to end, so that a full disk is an ordinary
 * failure and the checksum needs no second reading. The rows come from the mapped spill file, in the order of the
 * matrix, found by all threads. Takes 1 MiB a thread,
 * or as much as the largest chunk if that is less.
 */
public final class MatrixWriter {
    private static final VarHandle TAG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    /** Heap for each thread, at most. */
    public static final int MOST_BYTES_A_THREAD = 1 << 20;

    private static final int WORTH_SHARING_BYTES = 1 << 17;

    private final ChunkGeometry geometry;
    private final TableAddressing addressing;
    private final CuckooTable placed;
    private final SpillFile spill;
    private final BuildWorkers workers;
    private final byte[] buffer;

    /** For a table whose keys are the records of {@code spill} by their numbers. */
    public MatrixWriter(
            ChunkGeometry geometry,
            TableAddressing addressing,
            CuckooTable placed,
            SpillFile spill,
            BuildWorkers workers) {
        this.geometry = geometry;
        this.addressing = addressing;
        this.placed = placed;
        this.spill = spill;
        this.workers = workers;
        this.buffer = new byte[(int) bufferBytes(geometry, workers.threads())];
    }

    private static long bufferBytes(ChunkGeometry geometry, int threads) {
        long rows = (long) threads * (MOST_BYTES_A_THREAD / geometry.rowBytes());
        return Math.min(rows, geometry.rows(0)) * geometry.rowBytes();
    }

    /**
     * Writes all chunks.
     *
     * @param folder the snapshot's, which must be there
     * @param rowsWritten told now and then
     */
    public List<ChunkEntry> write(Path folder, String table, LongConsumer rowsWritten) throws IOException {
        List<ChunkEntry> chunks = new ArrayList<>();
        for (int way = 0; way < CandidateRows.WAYS; way++) {
            for (int index = 0; index < geometry.chunksPerWay(); index++) {
                chunks.add(writeChunk(folder, new ChunkId(table, way, index), rowsWritten));
            }
        }
        return chunks;
    }

    private ChunkEntry writeChunk(Path folder, ChunkId id, LongConsumer rowsWritten) throws IOException {
        Path file = folder.resolve(id.fileName());
        Files.createDirectories(file.resolveSibling("."));
        int firstRow = Math.toIntExact(geometry.firstRow(id.index()));
        int rows = geometry.rows(id.index());
        int step = buffer.length / geometry.rowBytes();
        try (SyncedFile out = new SyncedFile(file)) {
            for (int done = 0; done < rows; done += step) {
                int count = Math.min(step, rows - done);
                int from = firstRow + done;
                workers.share(
                        (long) count * geometry.rowBytes(),
                        WORTH_SHARING_BYTES,
                        (part, parts) -> fill(id.way(), from, (int) BuildWorkers.start(count, part, parts), (int)
                                BuildWorkers.start(count, part + 1, parts)));
                out.append(buffer, count * geometry.rowBytes());
                rowsWritten.accept(id.way() * geometry.rowsPerWay() + from + count);
            }
            return new ChunkEntry(id.way(), id.index(), firstRow, rows, id.fileName(), out.finish());
        }
    }

    private void fill(int way, int firstRow, int from, int to) {
        int rowBytes = geometry.rowBytes();
        Arrays.fill(buffer, from * rowBytes, to * rowBytes, (byte) 0);
        SpillFile.Keys keys = spill.keys();
        for (int i = from; i < to; i++) {
            int key = placed.occupant(way, firstRow + i);
            if (key != CuckooTable.EMPTY) {
                TAG.set(buffer, i * rowBytes, addressing.tag(keys.key(key)));
                spill.copyRow(key, buffer, i * rowBytes);
            }
        }
    }
}
