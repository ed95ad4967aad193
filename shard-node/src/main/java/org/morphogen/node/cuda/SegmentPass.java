package org.morphogen.node.cuda;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.morphogen.dpf.DpfDomain;
import org.morphogen.dpf.SubtreeKey;
import org.morphogen.node.engine.Accumulators;
import org.morphogen.node.engine.SegmentBatch;

/**
 * The buffers and the stream of one scan at a time on one GPU: keys go there, sums come back; selection bits are made and
 * used on the GPU. Keys and sums are wiped when the scan is done. Memory: some 2 MiB, and a row for each of 256 keys, here and there. For one thread at a time.
 */
final class SegmentPass implements AutoCloseable {
    private static final ValueLayout.OfLong WORD = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final int KEY_BYTES = SegmentBatch.MAX_KEYS * SubtreeKey.bytes(DpfDomain.MAX_DEPTH);
    private static final int LEAST_SUM_BYTES = 256 << 10;

    private final CudaDriver driver;
    private final GpuFacts facts;
    private final long stream;
    private final Buffer keys;
    private final Corrections corrections;
    private Buffer sums;
    private final KernelArguments arguments = new KernelArguments();
    /** All but the sums' buffer. */
    private final Belongings taken = new Belongings();

    /** Fails taking nothing. */
    SegmentPass(CudaDriver driver, GpuFacts facts) {
        this.driver = driver;
        this.facts = facts;
        try {
            this.stream = taken.add(driver.newStream(), driver::closeStream);
            this.keys = taken.add(new Buffer(driver, KEY_BYTES));
            this.corrections = taken.add(new Corrections(driver, facts, stream));
            this.sums = new Buffer(driver, LEAST_SUM_BYTES);
        } catch (RuntimeException | Error refused) {
            taken.close();
            throw refused;
        }
    }

    /** XORs what the segment has for each key of the batch into {@code into}. Waits for it. */
    void scan(SegmentBatch batch, GpuRows rows, Accumulators into) {
        int rowBytes = rows.rowBytes();
        long sumBytes = (long) batch.count() * rowBytes;
        if (sums.bytes() < sumBytes) {
            growSums(Long.highestOneBit(sumBytes - 1) << 1);
        }
        int height = batch.keys()[0].depth() - batch.geometry().level();
        long keysBytes = (long) batch.count() * SubtreeKey.bytes(height);
        sendKeys(batch, height);
        driver.zero(sums.device(), sumBytes, stream);
        corrections.run(batch, height, keys.device(), sums.device());
        for (int first = 0; first < batch.count(); first += ScanShape.MOST_KEYS) {
            launchScan(batch, rows, height, first, Math.min(ScanShape.MOST_KEYS, batch.count() - first));
        }
        driver.copyToHost(sums.pinned(sumBytes), sums.device(), stream);
        driver.zero(keys.device(), keysBytes, stream);
        driver.zero(sums.device(), sumBytes, stream);
        driver.await(stream);
        add(batch.count() * rowBytes / Long.BYTES, into);
        keys.pinned(keysBytes).fill((byte) 0);
        sums.pinned(sumBytes).fill((byte) 0);
    }

    /** Whatever fails, one buffer is there to be closed. */
    private void growSums(long bytes) {
        Buffer small = sums;
        sums = new Buffer(driver, bytes);
        small.close();
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
        driver.launch(
                shape.kernel(), shape.gridX(), shape.gridY(), ScanShape.THREADS, shape.sharedBytes(), stream, struct);
    }

    private void add(int words, Accumulators into) {
        MemorySegment found = sums.pinned((long) words * Long.BYTES);
        long[] rows = into.words();
        for (int i = 0; i < words; i++) {
            rows[i] ^= found.getAtIndex(WORD, i);
        }
    }

    /** Waits for what was begun, whatever became of it: what is freed must not be written to any more. */
    @Override
    public void close() {
        Gpu.letGo(() -> driver.await(stream));
        Gpu.letGo(sums);
        taken.close();
    }
}
