package org.morphogen.node.cuda;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.atomic.AtomicInteger;
import org.morphogen.dpf.DpfDomain;
import org.morphogen.dpf.SubtreeKey;
import org.morphogen.node.engine.Accumulators;
import org.morphogen.node.engine.Correction;
import org.morphogen.node.engine.SegmentBatch;

/**
 * The buffers and the stream of one scan at a time on one GPU: keys go there, sums come back; selection bits are made and
 * used on the GPU. Memory: some 2 MiB, and a row for each of 256 keys, here and there. For one thread at a time.
 */
final class SegmentPass implements AutoCloseable {
    private static final ValueLayout.OfLong WORD = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final int THREADS = 256;
    private static final int KEY_BYTES = SegmentBatch.MAX_KEYS * SubtreeKey.bytes(DpfDomain.MAX_DEPTH);
    private static final int ENTRY_BYTES = 1 << 20;
    private static final int LEAST_SUM_BYTES = 256 << 10;
    /** Masks of all keys for the entries that a block takes at once. */
    private static final int MASK_BYTES = 16 << 10;

    private final CudaDriver driver;
    private final GpuFacts facts;
    private final long stream;
    private final Buffer keys;
    private final Buffer entries;
    private Buffer sums;
    private final KernelArguments arguments = new KernelArguments();

    SegmentPass(CudaDriver driver, GpuFacts facts) {
        this.driver = driver;
        this.facts = facts;
        this.stream = driver.newStream();
        this.keys = new Buffer(driver, KEY_BYTES);
        this.entries = new Buffer(driver, ENTRY_BYTES);
        this.sums = new Buffer(driver, LEAST_SUM_BYTES);
    }

    /** XORs what the segment has for each key of the batch into {@code into}. Waits for it. */
    void scan(SegmentBatch batch, GpuRows rows, Accumulators into) {
        int rowBytes = rows.rowBytes();
        long sumBytes = (long) batch.count() * rowBytes;
        if (sums.bytes() < sumBytes) {
            sums.close();
            sums = new Buffer(driver, Long.highestOneBit(sumBytes - 1) << 1);
        }
        int height = batch.keys()[0].depth() - batch.geometry().level();
        sendKeys(batch, height);
        driver.zero(sums.device(), sumBytes, stream);
        for (int first = 0; first < batch.count(); first += ScanShape.MOST_KEYS) {
            launchScan(batch, rows, height, first, Math.min(ScanShape.MOST_KEYS, batch.count() - first));
        }
        for (Correction correction : batch.corrections()) {
            new Entries(batch, rows, height, correction).sendAll();
        }
        driver.copyToHost(sums.pinned(sumBytes), sums.device(), stream);
        driver.await(stream);
        add(batch.count() * rowBytes / Long.BYTES, into);
    }

    private void sendKeys(SegmentBatch batch, int height) {
        int keyBytes = SubtreeKey.bytes(height);
        ByteBuffer into = keys.pinned(KEY_BYTES).asByteBuffer();
        for (int key = 0; key < batch.count(); key++) {
            SubtreeKey.write(batch.keys()[key], batch.nodes()[key], batch.node(), into, key * keyBytes);
        }
        long bytes = (long) batch.count() * keyBytes;
        driver.copyToDevice(keys.device(), keys.pinned(bytes), stream);
    }

    private void launchScan(SegmentBatch batch, GpuRows rows, int height, int firstKey, int count) {
        int rowWords = rows.rowBytes() / Integer.BYTES;
        int leaves = (batch.segmentRows() + DpfDomain.ROWS_PER_LEAF - 1) / DpfDomain.ROWS_PER_LEAF;
        ScanShape shape = ScanShape.of(facts, count, rowWords, height, leaves);
        MemorySegment struct = arguments
                .begin()
                .put(rows.address(batch.firstRow()))
                .put(keys.device() + (long) firstKey * SubtreeKey.bytes(height))
                .put(sums.device() + (long) firstKey * rows.rowBytes())
                .put(count)
                .put(rowWords)
                .put(shape.blockWords())
                .put(height)
                .put(leaves)
                .put(shape.tileHeight())
                .put(shape.stretchTiles())
                .bytes();
        driver.launch(shape.kernel(), shape.gridX(), shape.gridY(), THREADS, shape.sharedBytes(), stream, struct);
    }

    /** What rows differ by from the epoch that some keys ask for, on its way to the GPU, as many at once as there is room. */
    private final class Entries {
        private final SegmentBatch batch;
        private final int rowBytes;
        private final int height;
        private final Correction correction;
        private final int room;
        private final long diffsAt;
        private final MemorySegment pinned = entries.pinned(ENTRY_BYTES);
        private int count;

        Entries(SegmentBatch batch, GpuRows rows, int height, Correction correction) {
            this.batch = batch;
            this.rowBytes = rows.rowBytes();
            this.height = height;
            this.correction = correction;
            this.room = (ENTRY_BYTES - DpfDomain.LEAF_BYTES) / (rowBytes + Integer.BYTES);
            this.diffsAt = ((long) room * Integer.BYTES + 15) & -16;
        }

        void sendAll() {
            AtomicInteger sent = new AtomicInteger();
            correction.differences().all((piece, entry) -> {
                if (count == room) {
                    send();
                    sent.incrementAndGet();
                }
                if (count == 0) {
                    // What was sent last may still be on its way.
                    driver.await(stream);
                }
                pinned.set(ValueLayout.JAVA_INT, (long) count * Integer.BYTES, piece.row(entry) - batch.firstRow());
                MemorySegment.copy(
                        piece.entries(),
                        piece.diffAt(entry),
                        pinned,
                        ValueLayout.JAVA_BYTE,
                        diffsAt + (long) count * rowBytes,
                        rowBytes);
                count++;
            });
            send();
        }

        private void send() {
            if (count == 0) {
                return;
            }
            driver.copyToDevice(entries.device(), entries.pinned(diffsAt + (long) count * rowBytes), stream);
            int blockEntries = Math.clamp(MASK_BYTES / Integer.BYTES / correction.keys(), 1, count);
            int blocks = Math.min((count + blockEntries - 1) / blockEntries, facts.multiprocessors());
            int sharedBytes = ScanShape.TABLE_BYTES + blockEntries * correction.keys() * Integer.BYTES;
            MemorySegment struct = arguments
                    .begin()
                    .put(keys.device() + (long) correction.firstKey() * SubtreeKey.bytes(height))
                    .put(entries.device())
                    .put(entries.device() + diffsAt)
                    .put(sums.device() + (long) correction.firstKey() * rowBytes)
                    .put(correction.keys())
                    .put(rowBytes / Integer.BYTES)
                    .put(height)
                    .put(count)
                    .put(blockEntries)
                    .bytes();
            driver.launch("correct", blocks, 1, THREADS, sharedBytes, stream, struct);
            count = 0;
        }
    }

    private void add(int words, Accumulators into) {
        MemorySegment found = sums.pinned((long) words * Long.BYTES);
        long[] rows = into.words();
        for (int i = 0; i < words; i++) {
            rows[i] ^= found.getAtIndex(WORD, i);
        }
    }

    @Override
    public void close() {
        keys.close();
        entries.close();
        sums.close();
        driver.closeStream(stream);
    }
}
