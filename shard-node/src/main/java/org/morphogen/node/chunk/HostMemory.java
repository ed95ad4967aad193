package org.morphogen.node.chunk;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.morphogen.node.layout.SlicedLayout;

/** The machine's own memory; in huge pages where the system gives them. */
public final class HostMemory implements RowMemory {
    /** Some 0.2 ms of memory: long beside what taking a segment costs, short beside a scan. */
    public static final long SEGMENT_BYTES = 8 << 20;

    private static final int ALIGNMENT_BYTES = 64;

    private final MemoryBudget budget;

    /** Of which chunks may take what the budget says, from its banks. */
    public HostMemory(MemoryBudget budget) {
        this.budget = budget;
    }

    @Override
    public MemoryBudget budget() {
        return budget;
    }

    /** No more than the plain rows, which are always whole cache lines. */
    @Override
    public long reservedBytes(int rowBytes, int rows) {
        return (long) rowBytes * rows;
    }

    @Override
    public HostRows allocate(int rowBytes, int rows, int bank) {
        SlicedLayout layout = new SlicedLayout(rowBytes, rows);
        Arena arena = Arena.ofShared();
        try {
            MemorySegment segment = HugePages.allocate(arena, layout.bytes(), ALIGNMENT_BYTES);
            budget.banks().placeMemory(segment.address(), layout.bytes(), bank);
            return new HostRows(layout, arena, segment);
        } catch (RuntimeException | Error failed) {
            arena.close();
            throw failed;
        }
    }

    @Override
    public long segmentBytes() {
        return SEGMENT_BYTES;
    }
}
