package org.morphogen.node.engine;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.morphogen.dpf.DpfDomain;
import org.morphogen.dpf.DpfEvaluator;
import org.morphogen.dpf.DpfNodes;
import org.morphogen.node.chunk.HostRows;
import org.morphogen.node.layout.SegmentGeometry;
import org.morphogen.node.layout.SlicedLayout;

/**
 * Scans rows in the machine's own memory. Step by step the keys' selection bits are made and used at once, so that they
 * stay in the cache. Some MiB of buffers.
 */
final class TileScan implements SegmentScan {
    /** Selection bits of all keys that are made at once. */
    private static final int STEP_BYTES = 256 << 10;
    /** Rows that are handed to the kernel at once. */
    private static final int CALL_BYTES = 1 << 20;

    private static final int TILE_LEAVES = SlicedLayout.TILE_ROWS / DpfDomain.ROWS_PER_LEAF;

    private final ScanKernel kernel;
    private final DpfEvaluator evaluator = new DpfEvaluator();
    private final DpfNodes[] oneStep = new DpfNodes[SegmentBatch.MAX_KEYS];
    private final SelectionBits selection = new SelectionBits(1, DpfDomain.LEAF_BYTES);

    TileScan(ScanKernel kernel) {
        this.kernel = kernel;
        Arrays.setAll(oneStep, key -> new DpfNodes());
    }

    @Override
    public void scan(SegmentBatch batch, Accumulators sums) {
        SegmentGeometry geometry = batch.geometry();
        MemorySegment rows = rows(batch);
        int batchKeys = batch.count();
        int segmentLeaves = geometry.segmentLeaves();
        int stepLeaves = Math.min(segmentLeaves, stepLeaves(batchKeys));
        int steps = segmentLeaves / stepLeaves;
        int stepRows = stepLeaves * DpfDomain.ROWS_PER_LEAF;
        int firstRow = batch.firstRow();
        kernel.begin(batchKeys, geometry.rowBytes());
        long stepBytes = (long) stepRows * geometry.rowBytes();
        selection.reshape(batchKeys, stepLeaves * DpfDomain.LEAF_BYTES);
        DpfNodes[] parents = steps == 1 ? batch.nodes() : stepNodes(batch, steps);
        long firstNode = batch.node() * steps;
        for (int step = 0; step < steps && step * stepBytes < rows.byteSize(); step++) {
            evaluator.leavesBelow(
                    batch.keys(), parents, batchKeys, firstNode + step, 1, selection.bits(), selection.strideBytes());
            long at = step * stepBytes;
            scanStep(rows.asSlice(at, Math.min(stepBytes, rows.byteSize() - at)), geometry.rowBytes());
            for (Correction correction : batch.corrections()) {
                int stepRow = firstRow + step * stepRows;
                correction.upTo(stepRow + stepRows, stepRow, selection, sums);
            }
        }
        kernel.addTo(sums);
    }

    /** The segment's rows. */
    private static MemorySegment rows(SegmentBatch batch) {
        if (!(batch.rows() instanceof HostRows rows)) {
            throw new IllegalArgumentException("rows: not in the machine's own memory");
        }
        int rowBytes = rows.rowBytes();
        return rows.segment().asSlice((long) batch.firstRow() * rowBytes, (long) batch.segmentRows() * rowBytes);
    }

    /** So many that the selection bits fit the cache, but no less than a tile's. */
    private static int stepLeaves(int batchKeys) {
        return Math.max(TILE_LEAVES, Integer.highestOneBit(STEP_BYTES / DpfDomain.LEAF_BYTES / batchKeys));
    }

    private DpfNodes[] stepNodes(SegmentBatch batch, int steps) {
        int level = batch.geometry().level() + Integer.numberOfTrailingZeros(steps);
        for (int key = 0; key < batch.count(); key++) {
            evaluator.expandBelow(batch.keys()[key], batch.nodes()[key], batch.node(), level, oneStep[key]);
        }
        return oneStep;
    }

    private void scanStep(MemorySegment rows, int rowBytes) {
        long tileBytes = (long) SlicedLayout.TILE_ROWS * rowBytes;
        long callBytes = Math.max(1, CALL_BYTES / tileBytes) * tileBytes;
        for (long at = 0; at < rows.byteSize(); at += callBytes) {
            MemorySegment tiles = rows.asSlice(at, Math.min(callBytes, rows.byteSize() - at));
            kernel.xorSelected(tiles, selection, (int) (at / rowBytes));
        }
    }
}
