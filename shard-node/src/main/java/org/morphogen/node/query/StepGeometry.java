package org.morphogen.node.query;

import org.morphogen.dpf.DpfDomain;
import org.morphogen.node.layout.SlicedLayout;
import org.morphogen.snapshot.ChunkGeometry;

/**
 * How a scan walks through a chunk. A step is the rows below one node of the DPF tree: its selection bits are made at
 * once, for all keys. A tile is as many rows of a step as stay in cache while all keys pass over them. A unit is the
 * consecutive steps that one thread takes at a time.
 *
 * @param level of the tree, where a node is one step
 * @param stepRows rows of a step, a power of two, at least 128
 * @param stepsPerChunk steps of a chunk that is not cut short
 * @param tileRows rows of a tile, a power of two from 128 to stepRows
 * @param stepsPerUnit steps that a thread takes at a time
 */
record StepGeometry(int level, int stepRows, int stepsPerChunk, int tileRows, int stepsPerUnit) {
    private static final int MAX_STEP_LEAVES = 1024;
    private static final int MAX_STEP_BYTES = 16 << 20;
    private static final int UNIT_BYTES = 32 << 20;
    private static final int TILE_BYTES = 1 << 20;

    static StepGeometry of(ChunkGeometry chunks) {
        int leafBytes = DpfDomain.ROWS_PER_LEAF * chunks.rowBytes();
        int chunkLeaves = (int) Math.min(
                chunks.chunkRows() / DpfDomain.ROWS_PER_LEAF, chunks.domain().leaves());
        int stepLeaves =
                Math.min(chunkLeaves, Math.min(MAX_STEP_LEAVES, Integer.highestOneBit(MAX_STEP_BYTES / leafBytes)));
        int stepRows = stepLeaves * DpfDomain.ROWS_PER_LEAF;
        int tileRows = Integer.highestOneBit(Math.max(SlicedLayout.TILE_ROWS, TILE_BYTES / chunks.rowBytes()));
        return new StepGeometry(
                chunks.domain().depth() - Integer.numberOfTrailingZeros(stepLeaves),
                stepRows,
                chunkLeaves / stepLeaves,
                Math.min(stepRows, tileRows),
                Math.max(1, UNIT_BYTES / (stepRows * chunks.rowBytes())));
    }

    /** The tree node of a chunk's first step. */
    long firstNode(int chunk) {
        return (long) chunk * stepsPerChunk;
    }

    /** Steps that hold rows of a chunk of {@code rows} rows. */
    int usedSteps(long rows) {
        return (int) ((rows + stepRows - 1) / stepRows);
    }

    /** Bytes of one key's selection bits for one step. */
    int selectionBytes() {
        return stepRows / Byte.SIZE;
    }
}
