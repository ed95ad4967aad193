package org.morphogen.node.chunk;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.morphogen.node.layout.SlicedLayout;

/** Rows off-heap in the machine's own memory, 64-byte aligned, sliced. */
public final class HostRows implements ChunkRows {
    private final SlicedLayout layout;
    private final Arena arena;
    private final MemorySegment segment;

    /** Takes the arena over, which {@code segment} lives in. */
    HostRows(SlicedLayout layout, Arena arena, MemorySegment segment) {
        this.layout = layout;
        this.arena = arena;
        this.segment = segment;
    }

    /** The rows as SlicedLayout says. Not to be touched once they are given back. */
    public MemorySegment segment() {
        return segment;
    }

    @Override
    public int rowBytes() {
        return layout.rowBytes();
    }

    @Override
    public int rows() {
        return layout.rows();
    }

    @Override
    public void write(MemorySegment plain, int firstRow) {
        layout.write(plain, segment, firstRow);
    }

    @Override
    public void read(int firstRow, int count, byte[] into, int intoOffset) {
        layout.read(segment, firstRow, count, into, intoOffset);
    }

    @Override
    public void xor(RowDiffs diffs) {
        diffs.forEach((row, diff, offset) -> layout.xor(segment, row, diff, offset));
    }

    @Override
    public void free() {
        arena.close();
    }
}
