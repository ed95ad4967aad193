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

/** One lookup: a key for each of three ways. */
@Command(
        name = "scan",
        description = "One lookup, three keys over three ways, against reading the same memory.",
        mixinStandardHelpOptions = true)
final class ScanCommand implements Callable<Integer> {
    private static final int WAYS = 3;
    private static final int WIDE_ROW_BYTES = 1024;
    private static final double GOAL = 0.95;
    private static final double WIDE_GOAL = 0.90;

    @Option(names = "--row-bytes", split = ",", defaultValue = "32,64,256,1024,4096", description = "Row widths.")
    private List<Integer> rowBytes = List.of();

    @Option(names = "--memory", defaultValue = "4GiB", description = "Matrix size (${DEFAULT-VALUE}).")
    private String memory = "";

    @Option(names = "--threads", defaultValue = "0", description = "Scanning threads; 0: one a processor.")
    private int threads;

    @Mixin
    private EngineOption engines = new EngineOption();

    @Mixin
    private ReportOptions report = new ReportOptions();

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        int threadCount = threads == 0 ? Runtime.getRuntime().availableProcessors() : threads;
        List<Result> results = new ArrayList<>();
        for (ScanEngine engine : engines.engines()) {
            for (int width : rowBytes) {
                results.add(measure(engine, width, threadCount));
            }
        }
        report.show(spec, "reading the same memory with as many threads", results);
        return 0;
    }

    private Result measure(ScanEngine engine, int width, int threadCount) throws Exception {
        long bytes = ByteSize.parse(memory).bytes();
        Rounds rounds =
                CarouselBench.run(new CarouselBench.Load(WAYS, width, 1, bytes, threadCount, report.rounds()), engine);
        String detail = String.format(
                Locale.ROOT,
                "%.1f ms; limit %.1f ms, %.1f GB/s",
                rounds.subjectMillis().median(),
                rounds.baselineMillis().median(),
                bytes / 1e6 / rounds.baselineMillis().median());
        String name = String.format(Locale.ROOT, "%s, %d B rows, %d threads", engine.name(), width, threadCount);
        double goal = width < WIDE_ROW_BYTES ? GOAL : WIDE_GOAL;
        return Result.ratio(name, rounds.ratio(1), Optional.of(Goal.atLeast(goal)), detail);
    }
}
