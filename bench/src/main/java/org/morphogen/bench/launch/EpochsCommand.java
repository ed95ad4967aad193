package org.morphogen.bench.launch;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.morphogen.bench.endtoend.EpochBench;
import org.morphogen.bench.measure.Goal;
import org.morphogen.bench.measure.Result;
import org.morphogen.bench.measure.Rounds;
import org.morphogen.bench.measure.Spread;
import org.morphogen.bench.measure.Unit;
import org.morphogen.node.engine.ScanEngine;
import org.morphogen.settings.ByteSize;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What following the chain costs. */
@Command(
        name = "epochs",
        description = "Blocks applied to a node process, and lookups there against a node that stands still.",
        mixinStandardHelpOptions = true)
final class EpochsCommand implements Callable<Integer> {
    private static final int WINDOW = 64;
    private static final int LEAST_LOOKUPS = 100;
    private static final double ALLOWED_SHARE = 1.05;
    private static final double ALLOWED_MILLIS = 0.5;
    private static final double ALLOWED_MEMORY = 0.10;
    private static final double MEBI = 1 << 20;
    private static final Duration PACE = Duration.ofMillis(100);

    @Option(names = "--row-bytes", defaultValue = "32", description = "Row width (${DEFAULT-VALUE}).")
    private int rowBytes;

    @Option(names = "--memory", defaultValue = "1GiB", description = "Each node's shard (${DEFAULT-VALUE}).")
    private String memory = "";

    @Option(names = "--rows", defaultValue = "1500", description = "Changed in each block (${DEFAULT-VALUE}).")
    private int rows;

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
            try (EpochBench bench = new EpochBench(
                    folder, engine.name(), rowBytes, ByteSize.parse(memory).bytes())) {
                measure(bench, engine.name(), results);
            } finally {
                Folders.delete(folder);
            }
        }
        report.show(spec, "the same lookup at a node of the same shard that stands still", results);
        return 0;
    }

    private void measure(EpochBench bench, String engine, List<Result> results) throws Exception {
        int lookups = Math.max(report.rounds(), LEAST_LOOKUPS);
        results.add(lookup(engine + ", no block applied", bench.lookups(0, lookups), false));
        List<Double> millis = new ArrayList<>();
        for (int block = 0; block < 2 * WINDOW; block++) {
            millis.add(bench.apply(rows) / 1e6);
        }
        Rounds head = bench.lookups(0, lookups);
        Spread apply = Spread.of(millis.subList(WINDOW, millis.size()));
        String detail = String.format(
                Locale.ROOT, "%.2f ms (%.2f to %.2f); goal under 20 ms", apply.median(), apply.least(), apply.most());
        double scan = head.baselineMillis().median();
        results.add(Result.ratio(
                engine + ", a block of " + rows + " rows acknowledged",
                new Spread(apply.least() / scan, apply.median() / scan, apply.most() / scan),
                Optional.of(Goal.atMost(20 / scan)),
                detail));
        results.add(lookup(engine + ", at the head, full window", head, true));
        results.add(lookup(engine + ", at the oldest epoch", bench.lookups(WINDOW - 1, lookups), false));
        results.add(lookup(
                engine + ", at the head, a block every " + PACE.toMillis() + " ms",
                bench.lookupsWhileBlocksCome(rows, PACE, lookups),
                false));
        results.add(memory(engine, bench.memory()));
    }

    /** What following costs beyond the matrix. */
    private static Result memory(String engine, EpochBench.Memory memory) {
        double more = (double) (memory.follower() - memory.still()) / memory.matrix();
        return new Result(
                engine + ", memory for epochs over the matrix",
                new Spread(more, more, more),
                Unit.RATIO,
                Optional.of(Goal.atMost(ALLOWED_MEMORY)),
                String.format(
                        Locale.ROOT,
                        "processes of %.0f and, standing still, %.0f MiB; matrix %.0f MiB",
                        memory.follower() / MEBI,
                        memory.still() / MEBI,
                        memory.matrix() / MEBI));
    }

    private static Result lookup(String name, Rounds rounds, boolean hasGoal) {
        double baseline = rounds.baselineMillis().median();
        double allowed = Math.max(ALLOWED_SHARE, (baseline + ALLOWED_MILLIS) / baseline);
        return Result.ratio(
                name,
                rounds.subjectInBaselines(),
                hasGoal ? Optional.of(Goal.atMost(allowed)) : Optional.empty(),
                String.format(
                        Locale.ROOT,
                        "%.2f ms; standing still %.2f ms",
                        rounds.subjectMillis().median(),
                        baseline));
    }
}
