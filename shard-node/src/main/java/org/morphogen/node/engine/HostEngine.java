package org.morphogen.node.engine;

import org.morphogen.node.chunk.HostMemory;
import org.morphogen.node.chunk.MemoryBudget;
import org.morphogen.node.chunk.RowMemory;
import org.morphogen.node.numa.Banks;

/** An engine on the machine's own processors and memory. All of them read the same memory. */
public interface HostEngine extends ScanEngine {
    /** A kernel with buffers of its own, for one thread. */
    ScanKernel newKernel();

    @Override
    default RowMemory memory(long limitBytes, Banks banks) {
        return new HostMemory(new MemoryBudget(limitBytes, banks));
    }

    @Override
    default SegmentScan newScan() {
        return new TileScan(newKernel());
    }

    @Override
    default void warmUp() {
        EngineWarmUp.warm(this);
    }
}
