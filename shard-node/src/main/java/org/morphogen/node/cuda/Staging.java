package org.morphogen.node.cuda;

import java.lang.foreign.MemorySegment;

/**
 * What rows pass through on their way to a GPU and back: pinned memory, device memory of the same size, and a stream. In
 * two halves, so that one is filled while the other travels. For one thread at a time.
 */
final class Staging implements AutoCloseable {
    /** Of each half. Rows of any width fit in by the thirty-two. */
    static final int HALF_BYTES = 2 << 20;

    private final CudaDriver driver;
    private final Buffer buffer;
    private final long stream;
    private final long[] used = new long[2];
    private final Belongings taken = new Belongings();
    private final KernelArguments arguments = new KernelArguments();
    private int half;

    /** Fails taking nothing. */
    Staging(CudaDriver driver) {
        this.driver = driver;
        try {
            this.buffer = taken.add(new Buffer(driver, 2L * HALF_BYTES));
            this.stream = taken.add(driver.newUrgentStream(), driver::closeStream);
            for (int i = 0; i < used.length; i++) {
                used[i] = taken.add(driver.newEvent(), driver::closeEvent);
            }
        } catch (RuntimeException | Error refused) {
            taken.close();
            throw refused;
        }
    }

    /** Goes to the other half, as soon as what it was last used for is done. Gives its pinned memory. */
    MemorySegment next() {
        half = 1 - half;
        driver.awaitEvent(used[half]);
        return pinned(HALF_BYTES);
    }

    /** The half's device memory. */
    long device() {
        return buffer.device() + (long) half * HALF_BYTES;
    }

    private MemorySegment pinned(long bytes) {
        return buffer.pinned().asSlice((long) half * HALF_BYTES, bytes);
    }

    long stream() {
        return stream;
    }

    KernelArguments arguments() {
        return arguments.begin();
    }

    /** Brings the beginning of the half to the device, behind all that was begun before. */
    void send(long bytes) {
        driver.copyToDevice(device(), pinned(bytes), stream);
    }

    /** All that uses the half is begun. */
    void begun() {
        driver.record(used[half], stream);
    }

    /** Waits until all that was begun is done. */
    void await() {
        driver.await(stream);
    }

    /** Waits for what was begun, whatever became of it: what is freed must not be written to any more. */
    @Override
    public void close() {
        Gpu.letGo(() -> driver.await(stream));
        taken.close();
    }
}
