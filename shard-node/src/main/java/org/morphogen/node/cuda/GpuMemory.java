package org.morphogen.node.cuda;

import java.util.Collections;
import java.util.List;
import org.morphogen.node.chunk.ChunkRows;
import org.morphogen.node.chunk.MemoryBudget;
import org.morphogen.node.chunk.RowMemory;
import org.morphogen.node.numa.Bank;
import org.morphogen.node.numa.Banks;

/** The memory of some GPUs, each of them a bank. A chunk lies on one of them. Thread-safe. */
final class GpuMemory implements RowMemory {
    /** A whole chunk: a GPU reads it in the time that it takes to be told what to do some ten times. */
    private static final long SEGMENT_BYTES = 1L << 30;

    private final List<Gpu> gpus;
    private final MemoryBudget budget;

    /** Chunks may take {@code limitBytes} together, and of each GPU what it has for them. */
    GpuMemory(List<Gpu> gpus, long limitBytes) {
        this.gpus = List.copyOf(gpus);
        List<Bank> banks = gpus.stream()
                .map(gpu -> new Bank(gpu.facts().index(), Collections.emptyList()))
                .toList();
        this.budget = new MemoryBudget(
                limitBytes,
                new Banks(banks),
                gpus.stream().map(gpu -> CudaEngine.roomBytes(gpu.facts())).toList());
    }

    @Override
    public MemoryBudget budget() {
        return budget;
    }

    @Override
    public long reservedBytes(int rowBytes, int rows) {
        return GpuRows.bytes(rowBytes, rows);
    }

    @Override
    public ChunkRows allocate(int rowBytes, int rows, int bank) {
        return GpuRows.allocate(gpus.get(bank), rowBytes, rows);
    }

    @Override
    public long segmentBytes() {
        return SEGMENT_BYTES;
    }
}
