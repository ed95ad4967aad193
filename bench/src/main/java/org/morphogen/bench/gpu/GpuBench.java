package org.morphogen.bench.gpu;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import org.morphogen.bench.measure.Goal;
import org.morphogen.bench.measure.Result;
import org.morphogen.bench.measure.Rounds;
import org.morphogen.bench.measure.Spread;
import org.morphogen.bench.measure.Unit;
import org.morphogen.bench.scan.CarouselBench;
import org.morphogen.bench.scan.Matrix;
import org.morphogen.node.carousel.Carousel;
import org.morphogen.node.chunk.ChunkMemory;
import org.morphogen.node.chunk.ChunkRows;
import org.morphogen.node.chunk.RowMemory;
import org.morphogen.node.cuda.CudaEngine;
import org.morphogen.node.cuda.GpuFacts;
import org.morphogen.node.cuda.GpuProbe;
import org.morphogen.node.engine.ScanEngine;
import org.morphogen.node.numa.Banks;
import org.morphogen.settings.ByteSize;

/** Measures the first GPU; where a node uses several, each has its own chunks and does the same beside the others. */
public final class GpuBench {
    private static final int WAYS = 3;
    private static final int WARM_UPS = 3;
    private static final int NARROW_ROW_BYTES = 32;
    private static final int MERGED_ENTRIES = 1500;
    private static final int AES_BLOCKS_OF_THREAD = 20_000;
    private static final int[] AES_KEYS = {1, 16, 64};
    private static final double GOAL = 0.85;
    private static final double NARROW_GOAL = 0.70;
    private static final double BATCH_GOAL = 2.0;
    private static final int BATCH_OF_GOAL = 16;

    private final Plan plan;
    private final GpuFacts facts;
    private final List<Result> results = new ArrayList<>();

    private GpuBench(Plan plan, GpuFacts facts) {
        this.plan = plan;
        this.facts = facts;
    }

    /**
     * What to measure.
     *
     * @param matrixBytes sizes of matrices; those that the GPU has no room for are left out
     * @param batches keys a way that share a turn over the first of these matrices
     * @param probeBytes of the passes and copies that are timed by themselves, a power of two
     */
    public record Plan(
            List<Integer> rowBytes, List<Long> matrixBytes, List<Integer> batches, long probeBytes, int rounds) {
        public Plan {
            rowBytes = List.copyOf(rowBytes);
            matrixBytes = List.copyOf(matrixBytes);
            batches = List.copyOf(batches);
        }
    }

    /** All figures of a GPU. */
    public static List<Result> run(Plan plan, GpuFacts facts) throws Exception {
        GpuBench bench = new GpuBench(plan, facts);
        bench.limitsAndParts();
        bench.turns();
        return bench.results;
    }

    private void limitsAndParts() {
        try (GpuProbe probe = GpuProbe.open(facts)) {
            double copy = 2 * gigabytesPerSecond(plan.probeBytes(), probe.copyMillis(plan.probeBytes()));
            double read = gigabytesPerSecond(plan.probeBytes(), probe.readMillis(plan.probeBytes()));
            ratio(
                    "reading over copying",
                    read / copy,
                    Optional.empty(),
                    String.format(Locale.ROOT, "read %.0f GB/s; copied, both ways counted, %.0f GB/s", read, copy));
            double tables = probe.aesPerMilli(GpuProbe.Aes.TABLES, AES_BLOCKS_OF_THREAD);
            double bits = probe.aesPerMilli(GpuProbe.Aes.BITS, AES_BLOCKS_OF_THREAD);
            ratio(
                    "AES by tables over AES by bits",
                    tables / bits,
                    Optional.empty(),
                    String.format(Locale.ROOT, "%.1f and %.1f billion blocks a second", tables / 1e6, bits / 1e6));
            for (int width : plan.rowBytes()) {
                for (int keys : AES_KEYS) {
                    double expanding = probe.passMillis(keys, width, plan.probeBytes(), false);
                    double all = probe.passMillis(keys, width, plan.probeBytes(), true);
                    ratio(
                            String.format(Locale.ROOT, "expanding alone, %d keys, %d B rows", keys, width),
                            expanding / all,
                            Optional.empty(),
                            String.format(
                                    Locale.ROOT,
                                    "%.3f of %.3f ms for %s",
                                    expanding,
                                    all,
                                    new ByteSize(plan.probeBytes())));
                }
            }
        }
    }

    private void turns() throws Exception {
        try (ScanEngine engine = CudaEngine.open(facts)) {
            RowMemory memory = engine.memory(Long.MAX_VALUE, Banks.ONE);
            for (int width : plan.rowBytes()) {
                for (long bytes : plan.matrixBytes()) {
                    if (bytes > memory.budget().limitBytes()) {
                        continue;
                    }
                    try (Matrix matrix = new Matrix(WAYS, width, bytes, memory)) {
                        double one = lookup(engine, matrix, width, bytes);
                        if (bytes == plan.matrixBytes().getFirst()) {
                            batches(engine, matrix, width, one);
                        }
                    }
                }
            }
            merge(memory);
            upload(memory);
        }
    }

    private double lookup(ScanEngine engine, Matrix matrix, int width, long bytes) throws Exception {
        Spread times = turns(engine, matrix, 1);
        double limit;
        try (GpuProbe probe = GpuProbe.open(facts)) {
            limit = probe.readMillis(plan.probeBytes()) * matrix.bytes() / plan.probeBytes();
        }
        Spread share = new Spread(limit / times.most(), limit / times.median(), limit / times.least());
        results.add(Result.ratio(
                String.format(Locale.ROOT, "lookup, %s of %d B rows", new ByteSize(bytes), width),
                share,
                Optional.of(Goal.atLeast(width <= NARROW_ROW_BYTES ? NARROW_GOAL : GOAL)),
                String.format(Locale.ROOT, "%.2f ms; reading alone %.2f ms", times.median(), limit)));
        return times.median();
    }

    private void batches(ScanEngine engine, Matrix matrix, int width, double oneMillis) throws Exception {
        for (int batch : plan.batches()) {
            double millis = turns(engine, matrix, batch).median();
            ratio(
                    String.format(Locale.ROOT, "%d lookups in the time of one, %d B rows", batch, width),
                    millis / oneMillis,
                    batch == BATCH_OF_GOAL ? Optional.of(Goal.atMost(BATCH_GOAL)) : Optional.empty(),
                    String.format(Locale.ROOT, "%.2f ms, %.3f ms a lookup", millis, millis / batch));
        }
    }

    private Spread turns(ScanEngine engine, Matrix matrix, int keysPerWay) throws Exception {
        Carousel carousel = new Carousel(engine.scanThreads(), engine);
        try (CarouselBench.Turns turns = new CarouselBench.Turns(matrix, keysPerWay, carousel)) {
            return Rounds.run(WARM_UPS, plan.rounds(), () -> 0, turns::turn).subjectMillis();
        }
    }

    private void merge(RowMemory memory) throws Exception {
        ChunkMemory chunk = ChunkMemory.allocate(64, (int) (plan.probeBytes() / 64), memory);
        try {
            ChunkRows rows = chunk.rows();
            int[] numbers =
                    new Random(1).ints(MERGED_ENTRIES, 0, rows.rows()).sorted().toArray();
            byte[] difference = new byte[rows.rowBytes()];
            Spread millis = Rounds.run(WARM_UPS, plan.rounds(), () -> 0, () -> {
                        rows.xor(each -> {
                            for (int row : numbers) {
                                each.diff(row, difference, 0);
                            }
                        });
                        return 0;
                    })
                    .subjectMillis();
            results.add(new Result(
                    String.format(Locale.ROOT, "merging %d entries of 64 B", MERGED_ENTRIES),
                    millis,
                    Unit.MILLIS,
                    Optional.of(Goal.atMost(1)),
                    "all of it, from the delta's bytes to the rows"));
        } finally {
            chunk.release();
        }
    }

    private void upload(RowMemory memory) {
        long began = System.nanoTime();
        long bytes;
        try (Matrix matrix = new Matrix(1, 64, plan.probeBytes(), memory)) {
            bytes = matrix.bytes();
        }
        double ours = gigabytesPerSecond(bytes, (System.nanoTime() - began) / 1e6);
        try (GpuProbe probe = GpuProbe.open(facts)) {
            double plain = gigabytesPerSecond(bytes, probe.sendMillis(bytes));
            ratio(
                    "bringing a chunk in over a plain pinned copy",
                    ours / plain,
                    Optional.empty(),
                    String.format(Locale.ROOT, "%.1f GB/s and %.1f GB/s, one thread", ours, plain));
        }
    }

    private void ratio(String name, double ratio, Optional<Goal> goal, String detail) {
        results.add(Result.ratio(name, new Spread(ratio, ratio, ratio), goal, detail));
    }

    private static double gigabytesPerSecond(long bytes, double millis) {
        return bytes / 1e6 / millis;
    }
}
