package org.morphogen.bench.launch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;
import org.morphogen.bench.endtoend.EndToEndBench;
import org.morphogen.bench.measure.Result;
import org.morphogen.bench.measure.Rounds;
import org.morphogen.bench.measure.Spread;
import org.morphogen.bench.scan.CarouselBench;
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
    private static final Duration WARM_UP = Duration.ofSeconds(4);

    @Option(names = "--row-bytes", defaultValue = "256", description = "Row width (${DEFAULT-VALUE}).")
    private int rowBytes;

    @Option(names = "--memory", defaultValue = "1GiB", description = "The node's shard (${DEFAULT-VALUE}).")
    private String memory = "";

    @Option(names = "--seconds", defaultValue = "10", description = "Of each load (${DEFAULT-VALUE}).")
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
                delete(folder);
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
                CarouselBench.Turns bare = new CarouselBench.Turns(bareLoad, engine)) {
            bench.saturated(Duration.ZERO, WARM_UP);
            Rounds rest = bench.atRest(bare, Math.max(report.rounds(), 50));
            double bareMillis = rest.baselineMillis().median();
            double restMillis = rest.subjectMillis().median();
            add(
                    results,
                    engine,
                    "p50 at rest (at most)",
                    restMillis / bareMillis,
                    1.10,
                    millis(restMillis, bareMillis));
            double perSecond = bench.saturated(WARM_UP, Duration.ofSeconds(seconds));
            String rate = String.format(Locale.ROOT, "%.0f lookups/s", perSecond);
            double goal = engine.name().equals("native") ? 30 : 12;
            add(results, engine, "lookups in one scan's time, saturated", perSecond * bareMillis / 1e3, goal, rate);
            Histogram busy = bench.under(BUSY * perSecond, Duration.ofSeconds(seconds));
            double p99Millis = busy.getValueAtPercentile(P99) / 1e6;
            double p50Millis = busy.getValueAtPercentile(P50) / 1e6;
            String detail = String.format(Locale.ROOT, "p50 %.1f ms, p99 %.1f ms", p50Millis, p99Millis);
            add(results, engine, "p99 at 70% of that (at most)", p99Millis / bareMillis, 2.5, detail);
        }
    }

    private static String millis(double lookup, double bare) {
        return String.format(Locale.ROOT, "%.1f ms; bare scan %.1f ms", lookup, bare);
    }

    private static void add(
            List<Result> results, ScanEngine engine, String what, double ratio, double goal, String detail) {
        Spread spread = new Spread(ratio, ratio, ratio);
        results.add(new Result(engine.name() + ", " + what, spread, OptionalDouble.of(goal), detail));
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> tree = Files.walk(folder)) {
            for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
