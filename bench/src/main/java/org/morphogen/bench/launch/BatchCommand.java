package org.morphogen.bench.launch;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.morphogen.bench.measure.Goal;
import org.morphogen.bench.measure.Result;
import org.morphogen.bench.measure.Rounds;
import org.morphogen.bench.scan.CarouselBench;
import org.morphogen.node.engine.ScanEngine;
import org.morphogen.settings.ByteSize;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Many keys that share a scan. */
@Command(
        name = "batch",
        description = "Many keys in one scan: how many times the memory would have to be read for them one by one.",
        mixinStandardHelpOptions = true)
final class BatchCommand implements Callable<Integer> {
    private static final int PROCESSORS = Runtime.getRuntime().availableProcessors();
    /** Of a thread's speed alone that each of all threads should keep. */
    private static final double LEAST_SHARE = 0.9;

    @Option(names = "--keys", split = ",", defaultValue = "8,32,64,128", description = "Batch sizes.")
    private List<Integer> keys = List.of();

    @Option(names = "--row-bytes", split = ",", defaultValue = "256,32", description = "Row widths.")
    private List<Integer> rowBytes = List.of();

    @Option(names = "--memory", defaultValue = "1GiB", description = "Matrix size (${DEFAULT-VALUE}).")
    private String memory = "";

    @Option(names = "--threads", split = ",", defaultValue = "1,0", description = "Threads; 0: one a processor.")
    private List<Integer> threads = List.of();

    @Mixin
    private EngineOption engines = new EngineOption();

    @Mixin
    private ReportOptions report = new ReportOptions();

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        List<Result> results = new ArrayList<>();
        for (ScanEngine engine : engines.engines()) {
            for (int width : rowBytes) {
                for (int count : threads) {
                    for (int batch : keys) {
                        results.add(measure(engine, width, count, batch));
                    }
                }
                if (PROCESSORS > 1) {
                    for (int batch : keys) {
                        results.add(scaling(engine, width, batch));
                    }
                }
            }
        }
        report.show(spec, "keys times reading the same memory with as many threads", results);
        return 0;
    }

    private Result measure(ScanEngine engine, int width, int count, int batch) throws Exception {
        long bytes = ByteSize.parse(memory).bytes();
        int threadCount = count == 0 ? PROCESSORS : count;
        Rounds rounds =
                CarouselBench.run(new CarouselBench.Load(1, width, batch, bytes, threadCount, report.rounds()), engine);
        String detail = String.format(
                Locale.ROOT,
                "%.1f ms, %.0f GB/s; limit %.1f ms",
                rounds.subjectMillis().median(),
                batch * (bytes / 1e6) / rounds.subjectMillis().median(),
                rounds.baselineMillis().median());
        String name = String.format(
                Locale.ROOT, "%s, %d keys, %d B rows, %d threads", engine.name(), batch, width, threadCount);
        return Result.ratio(name, rounds.ratio(batch), goal(engine.name(), width, threadCount, batch), detail);
    }

    /** What all processors do in the time that one takes. */
    private Result scaling(ScanEngine engine, int width, int batch) throws Exception {
        long bytes = ByteSize.parse(memory).bytes();
        Rounds rounds = CarouselBench.threads(
                new CarouselBench.Load(1, width, batch, bytes, PROCESSORS, report.rounds()), engine);
        String detail = String.format(
                Locale.ROOT,
                "%.1f ms, one thread %.1f ms",
                rounds.subjectMillis().median(),
                rounds.baselineMillis().median());
        String name = String.format(
                Locale.ROOT, "%s, %d keys, %d B rows, %d threads over 1", engine.name(), batch, width, PROCESSORS);
        return Result.ratio(name, rounds.ratio(1), Optional.of(Goal.atLeast(LEAST_SHARE * PROCESSORS)), detail);
    }

    private static Optional<Goal> goal(String engine, int width, int threadCount, int batch) {
        if (threadCount != 1) {
            return Optional.empty();
        }
        return switch (engine + " " + width + " " + batch) {
            case "native 256 8" -> Optional.of(Goal.atLeast(7));
            case "native 256 32" -> Optional.of(Goal.atLeast(20));
            case "native 256 64" -> Optional.of(Goal.atLeast(30));
            case "native 256 128" -> Optional.of(Goal.atLeast(42));
            case "native 32 128" -> Optional.of(Goal.atLeast(14));
            case "vector 256 8" -> Optional.of(Goal.atLeast(5.5));
            case "vector 256 64" -> Optional.of(Goal.atLeast(13));
            case "vector 256 128" -> Optional.of(Goal.atLeast(16));
            case "vector 32 128" -> Optional.of(Goal.atLeast(5));
            default -> Optional.empty();
        };
    }
}
