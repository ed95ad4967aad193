package org.morphogen.node.layout;

import org.morphogen.dpf.DpfDomain;
import org.morphogen.snapshot.ChunkGeometry;

/**
 * How chunks are cut into segments. A segment is the rows below one node of the DPF tree, whole tiles of
 * them, about as many as are scanned at once; a chunk that is cut short ends in a segment that is, too.
 *
 * @param rowBytes of the table
 * @param level of the tree, where a node is one segment
 * @param segmentRows a power of two, at least 128
 * @param segmentsPerChunk of a chunk that is not cut short
 */
public record SegmentGeometry(int rowBytes, int level, int segmentRows, int segmentsPerChunk) {
    /**
     * The segments of a table.
     *
     * @param segmentBytes that one should have at most; it has more if that is less than a tile
     */
    public static SegmentGeometry of(ChunkGeometry chunks, long segmentBytes) {
        int chunkLeaves = (int) Math.min(
                chunks.chunkRows() / DpfDomain.ROWS_PER_LEAF, chunks.domain().leaves());
        int rows = Integer.highestOneBit(
                Math.clamp(segmentBytes / chunks.rowBytes(), SlicedLayout.TILE_ROWS, Integer.MAX_VALUE));
        int leaves = Math.min(chunkLeaves, rows / DpfDomain.ROWS_PER_LEAF);
        return new SegmentGeometry(
                chunks.rowBytes(),
                chunks.domain().depth() - Integer.numberOfTrailingZeros(leaves),
                leaves * DpfDomain.ROWS_PER_LEAF,
                chunkLeaves / leaves);
    }

    /** Bytes of a segment that is not cut short. */
    public long segmentBytes() {
        return (long) segmentRows * rowBytes;
    }

    /** Leaves of a segment that is not cut short. */
    public int segmentLeaves() {
        return segmentRows / DpfDomain.ROWS_PER_LEAF;
    }

    /** The tree node of a chunk's first segment. */
    public long firstNode(int chunk) {
        return (long) chunk * segmentsPerChunk;
    }

    /** Segments that hold rows of a chunk of so many bytes. */
    public int usedSegments(long chunkBytes) {
        return (int) ((chunkBytes + segmentBytes() - 1) / segmentBytes());
    }
}
