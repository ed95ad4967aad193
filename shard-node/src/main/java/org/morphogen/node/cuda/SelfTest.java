package org.morphogen.node.cuda;

import java.lang.foreign.MemorySegment;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.morphogen.dpf.DpfDomain;
import org.morphogen.dpf.DpfEvaluator;
import org.morphogen.dpf.DpfKey;
import org.morphogen.dpf.DpfKeyGenerator;
import org.morphogen.dpf.DpfNodes;
import org.morphogen.epoch.DeltaPiece;
import org.morphogen.node.chunk.ChunkRows;
import org.morphogen.node.chunk.HostMemory;
import org.morphogen.node.chunk.MemoryBudget;
import org.morphogen.node.engine.Accumulators;
import org.morphogen.node.engine.ScalarEngine;
import org.morphogen.node.engine.SegmentBatch;
import org.morphogen.node.engine.SegmentScan;
import org.morphogen.node.epoch.Differences;
import org.morphogen.node.layout.SegmentGeometry;
import org.morphogen.snapshot.ChunkId;

/**
 * Before a GPU is trusted with anybody's rows: every kernel runs once over a few rows, and must find what the scalar engine
 * finds. It also has the driver load the kernels, so that no query waits for that.
 */
final class SelfTest {
    private static final int ROWS = 512;
    private static final int ROW_BYTES = 48;
    /** One number for each of the kernels that scan. */
    private static final int[] BATCHES = {1, 16, 32, 64};

    private static final long SEED = 1;

    private final byte[] plain = new byte[ROWS * ROW_BYTES];
    private final SegmentGeometry geometry = new SegmentGeometry(ROW_BYTES, 0, ROWS, 1);
    private final DpfDomain domain = new DpfDomain(ROWS);
    private final DpfKeyGenerator generator = new DpfKeyGenerator(new SecureRandom());
    private final DpfEvaluator evaluator = new DpfEvaluator();
    private final DeltaPiece piece;

    private SelfTest() {
        new Random(SEED).nextBytes(plain);
        byte[] entry = new byte[DeltaPiece.entryBytes(ROW_BYTES)];
        Arrays.fill(entry, Integer.BYTES, entry.length, (byte) 0x5a);
        entry[Integer.BYTES - 1] = 7;
        piece = new DeltaPiece(new ChunkId("accounts", 0, 0), ROW_BYTES, entry);
    }

    /** What is wrong, in a sentence; nothing if all is well. */
    static Optional<String> of(CudaEngine engine, List<Gpu> gpus) {
        SelfTest test = new SelfTest();
        for (Gpu gpu : gpus) {
            try {
                if (!test.agrees(engine, gpu)) {
                    return Optional.of(
                            "GPU " + gpu.facts().index() + " (" + gpu.facts().name()
                                    + ") does not compute right; check it, or leave it out with CUDA_VISIBLE_DEVICES.");
                }
            } catch (RuntimeException | OutOfMemoryError failed) {
                return Optional.of("GPU " + gpu.facts().index() + " ("
                        + gpu.facts().name() + ") cannot be used: " + failed.getMessage() + CudaEngine.ADVICE);
            }
        }
        return Optional.empty();
    }

    private boolean agrees(CudaEngine engine, Gpu gpu) {
        ChunkRows here = new HostMemory(new MemoryBudget(Long.MAX_VALUE)).allocate(ROW_BYTES, ROWS, 0);
        try {
            return agrees(engine, gpu, filled(here));
        } finally {
            here.free();
        }
    }

    private boolean agrees(CudaEngine engine, Gpu gpu, ChunkRows here) {
        ChunkRows there = GpuRows.allocate(gpu, ROW_BYTES, ROWS);
        try {
            filled(there);
            byte[] back = new byte[plain.length];
            there.read(0, ROWS, back, 0);
            boolean right = Arrays.equals(back, plain) && scansAlike(engine.newScan(), there, here);
            merge(there);
            merge(here);
            return right && scansAlike(engine.newScan(), there, here);
        } finally {
            there.free();
        }
    }

    private ChunkRows filled(ChunkRows rows) {
        rows.write(MemorySegment.ofArray(plain), 0);
        rows.written();
        return rows;
    }

    private void merge(ChunkRows rows) {
        rows.xor(each -> each.diff(piece.row(0), piece.entries(), piece.diffAt(0)));
    }

    private boolean scansAlike(SegmentScan scan, ChunkRows there, ChunkRows here) {
        SegmentScan reference = new ScalarEngine().newScan();
        for (int count : BATCHES) {
            DpfKey[] keys = new DpfKey[count];
            Arrays.setAll(keys, key -> generator.generate(domain, key).of(key % 2));
            Accumulators found = new Accumulators(count, ROW_BYTES);
            Accumulators expected = new Accumulators(count, ROW_BYTES);
            scan.scan(batch(keys, there), found);
            reference.scan(batch(keys, here), expected);
            if (!Arrays.equals(found.toBytes(), expected.toBytes())) {
                return false;
            }
        }
        return true;
    }

    private SegmentBatch batch(DpfKey[] keys, ChunkRows rows) {
        SegmentBatch batch = new SegmentBatch();
        batch.begin(geometry, rows, 0, 0);
        Differences differences = new Differences(0, ROWS);
        differences.add(piece);
        batch.correct(differences, keys.length);
        for (DpfKey key : keys) {
            DpfNodes root = new DpfNodes();
            evaluator.expand(key, 0, 0, 1, root);
            batch.add(key, root);
        }
        return batch;
    }
}
