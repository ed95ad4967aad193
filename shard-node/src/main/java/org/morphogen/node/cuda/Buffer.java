package org.morphogen.node.cuda;

import java.lang.foreign.MemorySegment;

/** Pinned memory, and memory on the GPU of the same size. */
final class Buffer implements AutoCloseable {
    private final CudaDriver driver;
    private final MemorySegment pinned;
    private final long device;

    Buffer(CudaDriver driver, long bytes) {
        this.driver = driver;
        this.pinned = driver.allocatePinned(bytes);
        try {
            this.device = driver.allocate(bytes);
        } catch (RuntimeException | Error refused) {
            driver.freePinned(pinned);
            throw refused;
        }
    }

    long bytes() {
        return pinned.byteSize();
    }

    MemorySegment pinned() {
        return pinned;
    }

    /** The first bytes of the pinned memory. */
    MemorySegment pinned(long bytes) {
        return pinned.asSlice(0, bytes);
    }

    long device() {
        return device;
    }

    @Override
    public void close() {
        try {
            driver.free(device);
        } finally {
            driver.freePinned(pinned);
        }
    }
}
