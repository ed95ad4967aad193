package org.morphogen.node.story;

import org.morphogen.dpf.DpfDomain;
import org.morphogen.node.layout.SegmentGeometry;
import org.morphogen.node.layout.SlicedLayout;
import org.morphogen.snapshot.ChunkGeometry;

/** Cuts chunks into the smallest segments that there can be, so that a small chunk has some. */
final class SegmentCut {
    private SegmentCut() {}

    static SegmentGeometry of(ChunkGeometry chunks) {
        SegmentGeometry usual = SegmentGeometry.of(chunks);
        int leaves = Math.min(usual.segmentLeaves(), SlicedLayout.TILE_ROWS / DpfDomain.ROWS_PER_LEAF);
        int parts = usual.segmentLeaves() / leaves;
        return new SegmentGeometry(
                chunks.rowBytes(),
                usual.level() + Integer.numberOfTrailingZeros(parts),
                usual.segmentRows() / parts,
                usual.segmentsPerChunk() * parts);
    }
}
