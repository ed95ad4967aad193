package org.morphogen.node.cuda;

import org.morphogen.node.engine.Accumulators;
import org.morphogen.node.engine.SegmentBatch;
import org.morphogen.node.engine.SegmentScan;

/** Scans each segment on the GPU that it lies on. */
final class CudaScan implements SegmentScan {
    @Override
    public void scan(SegmentBatch batch, Accumulators sums) {
        if (!(batch.rows() instanceof GpuRows rows)) {
            throw new IllegalArgumentException("rows: do not lie on a GPU");
        }
        rows.requireWhole();
        rows.gpu().pass(pass -> pass.scan(batch, rows, sums));
    }
}
