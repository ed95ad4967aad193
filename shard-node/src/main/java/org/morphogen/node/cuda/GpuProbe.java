package org.morphogen.node.cuda;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import org.morphogen.dpf.DpfDomain;
import org.morphogen.dpf.SubtreeKey;

/**
 * What a GPU can do at most, and what parts of a scan take, for benchmarks. Times are the GPU's own, from one mark of a
 * stream to another. Not thread-safe.
 */
public final class GpuProbe implements AutoCloseable {
    private static final int READ_BLOCKS = 8;
    private static final int RATE_BLOCKS = 3;
    private static final long SEED = 1;

    private final GpuFacts facts;
    private final CudaDriver driver;
    private final long stream;
    private final long begin;
    private final long end;
    private final KernelArguments arguments = new KernelArguments();

    private GpuProbe(GpuFacts facts) {
        this.facts = facts;
        this.driver = CudaDriver.open(facts.index(), CudaEngine.kernels());
        this.stream = driver.newStream();
        this.begin = driver.newEvent();
        this.end = driver.newEvent();
    }

    /** Of that GPU; fails with CudaFailure. */
    public static GpuProbe open(GpuFacts facts) {
        return new GpuProbe(facts);
    }

    /** Ways of doing AES that are compared. */
    public enum Aes {
        /** Lookups in shared memory, as scans do it. */
        TABLES("rate_of_tables", ScanShape.TABLE_BYTES),
        /** Logic on bits. */
        BITS("rate_of_bits", 0);

        private final String kernel;
        private final int sharedBytes;

        Aes(String kernel, int sharedBytes) {
            this.kernel = kernel;
            this.sharedBytes = sharedBytes;
        }
    }

    /** Milliseconds of copying so much from one place in its memory to another. */
    public double copyMillis(long bytes) {
        return withMemory(
                2 * bytes, address -> timed(() -> driver.copyOnDevice(address, address + bytes, bytes, stream)));
    }

    /** Milliseconds of reading so much of its memory. */
    public double readMillis(long bytes) {
        int blocks = facts.multiprocessors() * READ_BLOCKS;
        long foundBytes = (long) blocks * ScanShape.THREADS * Integer.BYTES;
        return withMemory(
                bytes + foundBytes,
                address -> timed(() -> driver.launch(
                        "read_all",
                        blocks,
                        1,
                        ScanShape.THREADS,
                        0,
                        stream,
                        arguments
                                .begin()
                                .put(address)
                                .put(address + bytes)
                                .put(bytes / 16)
                                .bytes())));
    }

    /** Milliseconds of bringing so much of pinned memory to it. */
    public double sendMillis(long bytes) {
        MemorySegment pinned = driver.allocatePinned(bytes);
        try {
            return withMemory(bytes, address -> timed(() -> driver.copyToDevice(address, pinned, stream)));
        } finally {
            driver.freePinned(pinned);
        }
    }

    /** AES blocks that it encrypts in a millisecond, when each thread does so many one after the other. */
    public double aesPerMilli(Aes way, int blocksOfThread) {
        int blocks = facts.multiprocessors() * RATE_BLOCKS;
        long threads = (long) blocks * ScanShape.THREADS;
        double millis = withMemory(
                threads * DpfDomain.LEAF_BYTES,
                address -> timed(() -> driver.launch(
                        way.kernel,
                        blocks,
                        1,
                        ScanShape.THREADS,
                        way.sharedBytes,
                        stream,
                        arguments.begin().put(address).put(blocksOfThread / 2).bytes())));
        return threads * (blocksOfThread / 2 * 2L) / millis;
    }

    /**
     * Milliseconds of one pass over random rows.
     *
     * @param keys 1 to 64
     * @param bytes of rows, a power of two of leaves
     * @param reading false to expand the keys and leave the rows alone
     */
    public double passMillis(int keys, int rowBytes, long bytes, boolean reading) {
        int leaves = (int) (bytes / rowBytes / DpfDomain.ROWS_PER_LEAF);
        int height = Integer.numberOfTrailingZeros(leaves);
        int rowWords = rowBytes / Integer.BYTES;
        ScanShape shape = ScanShape.of(facts, keys, rowWords, height, leaves);
        long keyBytes = (long) keys * SubtreeKey.bytes(height);
        long sumBytes = (long) keys * rowBytes;
        return withMemory(bytes + keyBytes + sumBytes, address -> {
            scatter(address + bytes, keyBytes);
            return timed(() -> driver.launch(
                    shape.kernel(),
                    shape.gridX(),
                    reading ? shape.gridY() : 1,
                    ScanShape.THREADS,
                    shape.sharedBytes(),
                    stream,
                    arguments
                            .begin()
                            .put(address)
                            .put(address + bytes)
                            .put(address + bytes + keyBytes)
                            .put(keys)
                            .put(reading ? rowWords : 0)
                            .put(shape.blockWords())
                            .put(height)
                            .put(leaves)
                            .put(shape.tileHeight())
                            .put(shape.stretchTiles())
                            .bytes()));
        });
    }

    /** Random bytes: a key is expanded alike whatever it is. */
    private void scatter(long address, long bytes) {
        Random random = new Random(SEED);
        try (Buffer buffer = new Buffer(driver, bytes)) {
            for (long at = 0; at < bytes; at += Long.BYTES) {
                buffer.pinned().set(ValueLayout.JAVA_LONG, at, random.nextLong());
            }
            driver.copyToDevice(address, buffer.pinned(), stream);
            driver.await(stream);
        }
    }

    private interface Work {
        double with(long address);
    }

    private double withMemory(long bytes, Work work) {
        long address = driver.allocate(bytes);
        try {
            return work.with(address);
        } finally {
            driver.free(address);
        }
    }

    private double timed(Runnable work) {
        // Once before, so that code and pages are there.
        work.run();
        driver.record(begin, stream);
        work.run();
        driver.record(end, stream);
        driver.await(stream);
        return driver.elapsedMillis(begin, end);
    }

    @Override
    public void close() {
        driver.closeEvent(begin);
        driver.closeEvent(end);
        driver.closeStream(stream);
        driver.close();
    }
}
