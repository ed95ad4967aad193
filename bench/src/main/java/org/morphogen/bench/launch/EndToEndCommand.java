package org.morphogen.bench.launch;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.HdrHistogram.Histogram;
import org.morphogen.bench.endtoend.EndToEndBench;
import org.morphogen.bench.measure.Goal;
import org.morphogen.bench.measure.Result;
import org.morphogen.bench.measure.Rounds;
import org.morphogen.bench.measure.Spread;
import org.morphogen.bench.scan.CarouselBench;
import org.morphogen.bench.scan.Matrix;
import org.morphogen.node.engine.ScanEngine;
import org.morphogen.settings.ByteSize;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Lookups over sockets. */
@Command(
        name = "endtoend",
        description = "Lookups over loopback gRPC to one party's node process, against a bare scan in this process.",
        mixinStandardHelpOptions = true)
final class EndToEndCommand implements Callable<Integer> {
    private static final int WAYS = 3;
    private static final double BUSY = 0.7;
    private static final double P50 = 50;
    private static final double P99 = 99;
    private static final int LEAST_AT_REST = 50;
    private static final Duration WARM_UP = Duration.ofSeconds(6);
    private static final Duration SETTLING = Duration.ofSeconds(1);
    private static final Goal AT_REST = Goal.atMost(1.10);
    private static final Goal P99_SCANS = Goal.atMost(2.5);

    @Option(names = "--row-bytes", defaultValue = "256", description = "Row width (${DEFAULT-VALUE}).")
    private int rowBytes;

    @Option(names = "--memory", defaultValue = "1GiB", description = "The node's shard (${DEFAULT-VALUE}).")
    private String memory = "";

    @Option(names = "--seconds", defaultValue = "5", description = "Of each load in each round (${DEFAULT-VALUE}).")
    private int seconds;

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
            Path folder = Files.createTempDirectory("morphogen-bench-");
            try {
                measure(folder, engine, results);
            } finally {
                Folders.delete(folder);
            }
        }
        report.show(spec, "a bare scan of as much memory, one query, same engine, in this process", results);
        return 0;
    }

    private void measure(Path folder, ScanEngine engine, List<Result> results) throws Exception {
        long bytes = ByteSize.parse(memory).bytes();
        int threads = Runtime.getRuntime().availableProcessors();
        CarouselBench.Load bareLoad = new CarouselBench.Load(WAYS, rowBytes, 1, bytes, threads, report.rounds());
        try (EndToEndBench bench = new EndToEndBench(folder, engine.name(), rowBytes, bytes);
                Matrix matrix = bareLoad.matrix();
                CarouselBench.Turns bare = new CarouselBench.Turns(matrix, bareLoad, threads, engine)) {
            bench.saturated(Duration.ZERO, WARM_UP);
            Rounds rest = bench.atRest(bare, Math.max(report.rounds(), LEAST_AT_REST));
            String name = engine.name();
            results.add(Result.ratio(
                    name + ", p50 at rest",
                    rest.subjectInBaselines(),
                    Optional.of(AT_REST),
                    String.format(
                            Locale.ROOT,
                            "%.1f ms; bare scan %.1f ms",
                            rest.subjectMillis().median(),
                            rest.baselineMillis().median())));
            double perSecond = saturated(bench, bare, name, results);
            busy(bench, bare, perSecond, name, results);
        }
    }

    /** Adds the result; gives the median of lookups a second. */
    private double saturated(EndToEndBench bench, CarouselBench.Turns bare, String name, List<Result> results)
            throws Exception {
        List<Double> inOneScan = new ArrayList<>();
        List<Double> rates = new ArrayList<>();
        for (int round = 0; round < report.rounds(); round++) {
            double scanMillis = bench.bareScanMillis(bare);
            double perSecond = bench.saturated(SETTLING, Duration.ofSeconds(seconds));
            inOneScan.add(perSecond * scanMillis / 1e3);
            rates.add(perSecond);
        }
        double rate = Spread.of(rates).median();
        Optional<Goal> goal = switch (name) {
            case "native" -> Optional.of(Goal.atLeast(30));
            case "vector" -> Optional.of(Goal.atLeast(12));
            default -> Optional.empty();
        };
        String detail = String.format(Locale.ROOT, "%.0f lookups/s", rate);
        results.add(Result.ratio(name + ", saturated, lookups in one scan's time", Spread.of(inOneScan), goal, detail));
        return rate;
    }

    private void busy(
            EndToEndBench bench, CarouselBench.Turns bare, double perSecond, String name, List<Result> results)
            throws Exception {
        List<Double> scans = new ArrayList<>();
        Histogram all = new Histogram(3);
        for (int round = 0; round < report.rounds(); round++) {
            double scanMillis = bench.bareScanMillis(bare);
            Histogram latency = bench.under(BUSY * perSecond, Duration.ofSeconds(seconds));
            scans.add(latency.getValueAtPercentile(P99) / 1e6 / scanMillis);
            all.add(latency);
        }
        String detail = String.format(
                Locale.ROOT,
                "all rounds: p50 %.1f ms, p99 %.1f ms, %d of %d refused",
                all.getValueAtPercentile(P50) / 1e6,
                all.getValueAtPercentile(P99) / 1e6,
                EndToEndBench.refused(all),
                all.getTotalCount());
        results.add(Result.ratio(name + ", p99 at 70% of that", Spread.of(scans), Optional.of(P99_SCANS), detail));
    }
}
