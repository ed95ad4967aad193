package org.morphogen.node.cuda;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import org.morphogen.epoch.DeltaPiece;
import org.morphogen.node.engine.Correction;
import org.morphogen.node.engine.SegmentBatch;

/**
 * Sets the sums right where rows stand at another epoch than that asked for: the entries of all riders go to the GPU
 * together, in as many goes as their buffer of 1 MiB makes them. For one thread at a time.
 */
final class Corrections implements AutoCloseable {
    private static final ValueLayout.OfInt WORD = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final int BYTES = 1 << 20;
    private static final int STRETCH_BYTES = 4 * Integer.BYTES;
    /** Of one go: a stretch for each rider, and for each one more that a full buffer cuts in two. */
    private static final int MOST_STRETCHES = SegmentBatch.MAX_KEYS;

    private static final int STRETCHES_BYTES = MOST_STRETCHES * STRETCH_BYTES;
    /** Masks of a block: each of its entries for each key. */
    private static final int MOST_MASKS = 4096;

    private final CudaDriver driver;
    private final GpuFacts facts;
    private final long stream;
    private final Buffer buffer;
    private final KernelArguments arguments = new KernelArguments();

    Corrections(CudaDriver driver, GpuFacts facts, long stream) {
        this.driver = driver;
        this.facts = facts;
        this.stream = stream;
        this.buffer = new Buffer(driver, BYTES);
    }

    /**
     * Begins to XOR all that the batch's corrections tell into the sums.
     *
     * @param keys of the batch, on the GPU
     * @param sums a row a key, on the GPU
     */
    void run(SegmentBatch batch, int height, long keys, long sums) {
        Go go = new Go(batch, height, keys, sums);
        for (Correction correction : batch.corrections()) {
            go.begin(correction);
            correction.differences().all(go::add);
            go.end();
        }
        go.send();
    }

    /** What is in the buffer: stretches, then row numbers, then differences. */
    private final class Go {
        private final int rowBytes;
        private final int firstRow;
        private final int height;
        private final long keys;
        private final long sums;
        private final int room;
        private final long diffsAt;
        private int count;
        private int stretches;
        private int mostEntries;
        private int mostKeys = 1;
        private int firstKey;
        private int keyCount;
        private int firstEntry;

        Go(SegmentBatch batch, int height, long keys, long sums) {
            this.rowBytes = batch.rows().rowBytes();
            this.firstRow = batch.firstRow();
            this.height = height;
            this.keys = keys;
            this.sums = sums;
            this.room = (BYTES - STRETCHES_BYTES - STRETCH_BYTES) / (rowBytes + Integer.BYTES);
            this.diffsAt = (STRETCHES_BYTES + (long) room * Integer.BYTES + STRETCH_BYTES - 1) & -STRETCH_BYTES;
        }

        /** The entries that follow are of that correction. */
        void begin(Correction correction) {
            firstKey = correction.firstKey();
            keyCount = correction.keys();
            firstEntry = count;
        }

        void add(DeltaPiece piece, int entry) {
            if (count == room) {
                end();
                send();
            }
            MemorySegment pinned = buffer.pinned();
            pinned.set(WORD, STRETCHES_BYTES + (long) count * Integer.BYTES, piece.row(entry) - firstRow);
            long at = diffsAt + (long) count * rowBytes;
            MemorySegment.copy(piece.entries(), piece.diffAt(entry), pinned, ValueLayout.JAVA_BYTE, at, rowBytes);
            count++;
        }

        /** The correction's entries so far are a stretch. */
        void end() {
            if (count > firstEntry) {
                long at = (long) stretches * STRETCH_BYTES;
                MemorySegment pinned = buffer.pinned();
                pinned.set(WORD, at, firstEntry);
                pinned.set(WORD, at + 4, count - firstEntry);
                pinned.set(WORD, at + 8, firstKey);
                pinned.set(WORD, at + 12, keyCount);
                stretches++;
                mostEntries = Math.max(mostEntries, count - firstEntry);
                mostKeys = Math.max(mostKeys, keyCount);
                firstEntry = count;
            }
        }

        /** Begins with all that is in the buffer; if more is to come, waits until it can be used again. */
        void send() {
            if (stretches == 0) {
                return;
            }
            driver.copyToDevice(buffer.device(), buffer.pinned(diffsAt + (long) count * rowBytes), stream);
            int spread = (mostEntries + facts.multiprocessors() - 1) / facts.multiprocessors();
            int blockEntries = Math.clamp(spread, 1, MOST_MASKS / mostKeys);
            int sharedBytes = ScanShape.TABLE_BYTES + blockEntries * mostKeys * Integer.BYTES;
            MemorySegment struct = arguments
                    .begin()
                    .put(keys)
                    .put(buffer.device() + STRETCHES_BYTES)
                    .put(buffer.device() + diffsAt)
                    .put(sums)
                    .put(buffer.device())
                    .put(rowBytes / Integer.BYTES)
                    .put(height)
                    .put(blockEntries)
                    .bytes();
            int blocks = Math.min((mostEntries + blockEntries - 1) / blockEntries, facts.multiprocessors());
            driver.launch("correct", blocks, stretches, ScanShape.THREADS, sharedBytes, stream, struct);
            if (count == room) {
                driver.await(stream);
            }
            count = 0;
            stretches = 0;
            mostEntries = 0;
            mostKeys = 1;
            firstEntry = 0;
        }
    }

    @Override
    public void close() {
        buffer.close();
    }
}
