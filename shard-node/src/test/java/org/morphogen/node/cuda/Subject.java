package org.morphogen.node.cuda;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.morphogen.dpf.DpfDomain;
import org.morphogen.dpf.DpfEvaluator;
import org.morphogen.dpf.DpfKey;
import org.morphogen.dpf.DpfNodes;
import org.morphogen.epoch.DeltaPiece;
import org.morphogen.node.chunk.ChunkMemory;
import org.morphogen.node.chunk.RowMemory;
import org.morphogen.node.engine.Accumulators;
import org.morphogen.node.engine.ScalarEngine;
import org.morphogen.node.engine.SegmentBatch;
import org.morphogen.node.engine.SegmentScan;
import org.morphogen.node.epoch.Differences;
import org.morphogen.node.layout.SegmentGeometry;
import org.morphogen.node.numa.Banks;
import org.morphogen.snapshot.ChunkId;

/** One chunk of random rows, in a GPU's memory and in the scalar engine's. */
final class Subject implements AutoCloseable {
    private static final int PIECE_ROWS = 1024;

    private final TestGpus gpus;
    private final SegmentGeometry geometry;
    private final int chunk;
    private final ChunkMemory onGpu;
    private final ChunkMemory onHost;
    private final DpfEvaluator evaluator = new DpfEvaluator();

    /** What rows differ by from the epoch that some keys ask for. */
    record Change(int firstKey, int keys, DeltaPiece piece) {}

    /**
     * Chunk number {@code chunk} of a way.
     *
     * @param domain whole chunks of a power of two of rows
     * @param rows that this one has; fewer if it is cut short
     */
    Subject(TestGpus gpus, DpfDomain domain, int rowBytes, int rows, int chunk, Random random) {
        this.gpus = gpus;
        this.chunk = chunk;
        int chunkRows = Integer.highestOneBit(2 * rows - 1);
        int height = Integer.numberOfTrailingZeros(chunkRows / DpfDomain.ROWS_PER_LEAF);
        this.geometry = new SegmentGeometry(rowBytes, domain.depth() - height, chunkRows, 1);
        byte[] plain = new byte[rows * rowBytes];
        random.nextBytes(plain);
        this.onGpu = loaded(gpus.memory(), rowBytes, rows, plain);
        this.onHost = loaded(new ScalarEngine().memory(1L << 30, Banks.ONE), rowBytes, rows, plain);
    }

    static ChunkMemory loaded(RowMemory memory, int rowBytes, int rows, byte[] plain) {
        ChunkMemory chunk = ChunkMemory.allocate(rowBytes, rows, memory);
        for (int row = 0; row < rows; row += PIECE_ROWS) {
            int some = Math.min(PIECE_ROWS, rows - row);
            MemorySegment piece = MemorySegment.ofArray(plain).asSlice((long) row * rowBytes, (long) some * rowBytes);
            chunk.rows().write(piece, row);
        }
        chunk.rows().written();
        return chunk;
    }

    ChunkMemory onGpu() {
        return onGpu;
    }

    /** So many entries, at most one a row, for some of the keys. */
    Change change(int firstKey, int keys, int entries, Random random) {
        int rows = onHost.rows().rows();
        int[] chosen = random.ints(0, rows)
                .distinct()
                .limit(Math.min(entries, rows))
                .sorted()
                .toArray();
        ByteBuffer bytes = ByteBuffer.allocate(chosen.length * DeltaPiece.entryBytes(geometry.rowBytes()));
        byte[] difference = new byte[geometry.rowBytes()];
        for (int row : chosen) {
            random.nextBytes(difference);
            difference[0] |= 1;
            bytes.putInt(row).put(difference);
        }
        return new Change(
                firstKey, keys, new DeltaPiece(new ChunkId("accounts", 0, chunk), geometry.rowBytes(), bytes.array()));
    }

    /** What the CUDA engine finds. */
    byte[] found(List<DpfKey> keys, List<Change> changes) {
        return scan(gpus.engine().newScan(), onGpu, keys, changes);
    }

    /** What the scalar engine finds. */
    byte[] expected(List<DpfKey> keys, List<Change> changes) {
        return scan(new ScalarEngine().newScan(), onHost, keys, changes);
    }

    private byte[] scan(SegmentScan scan, ChunkMemory memory, List<DpfKey> keys, List<Change> changes) {
        SegmentBatch batch = new SegmentBatch();
        batch.begin(geometry, memory.rows(), 0, chunk);
        for (int key = 0; key < keys.size(); key++) {
            for (Change change : changes) {
                if (change.firstKey() == key && change.keys() > 0) {
                    Differences differences = new Differences(0, memory.rows().rows());
                    differences.add(change.piece());
                    batch.correct(differences, change.keys());
                }
            }
            DpfNodes nodes = new DpfNodes();
            evaluator.expand(keys.get(key), geometry.level(), chunk, 1, nodes);
            batch.add(keys.get(key), nodes);
        }
        Accumulators sums = new Accumulators(keys.size(), geometry.rowBytes());
        IntStream.range(0, keys.size() * geometry.rowBytes() / Long.BYTES).forEach(i -> sums.words()[i] = i);
        scan.scan(batch, sums);
        return sums.toBytes();
    }

    @Override
    public void close() {
        onGpu.release();
        onHost.release();
    }
}
