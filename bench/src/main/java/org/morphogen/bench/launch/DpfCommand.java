package org.morphogen.bench.launch;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.morphogen.bench.measure.Goal;
import org.morphogen.bench.measure.Result;
import org.morphogen.bench.measure.Rounds;
import org.morphogen.bench.measure.Spread;
import org.morphogen.bench.measure.Unit;
import org.morphogen.bench.scan.DpfBench;
import org.morphogen.node.engine.ScanEngine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Expanding a key. */
@Command(
        name = "dpf",
        description = "One key expanded to 2^20 leaves (2^27 rows) on one thread, against the AES in it alone.",
        mixinStandardHelpOptions = true)
final class DpfCommand implements Callable<Integer> {
    private static final Goal GOAL_MILLIS = Goal.atMost(2.2);
    private static final Goal GOAL_SHARE = Goal.atMost(0.03);

    @Option(names = "--no-share", description = "Leave out the share of a lookup, which takes 4 GiB of memory.")
    private boolean noShare;

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
        Rounds alone = DpfBench.run(report.rounds());
        String detail = String.format(
                Locale.ROOT,
                "AES alone %.2f ms, %.2f times",
                alone.baselineMillis().median(),
                1 / alone.ratio(1).median());
        results.add(new Result(
                "2^20 leaves, 1 thread", alone.subjectMillis(), Unit.MILLIS, Optional.of(GOAL_MILLIS), detail));
        if (!noShare) {
            for (ScanEngine engine : engines.engines()) {
                results.add(share(engine));
            }
        }
        report.show(spec, "the time of one lookup, three keys over 2^27 rows of 32 B, 1 thread", results);
        return 0;
    }

    private Result share(ScanEngine engine) throws Exception {
        Rounds rounds = DpfBench.besideLookup(report.rounds(), engine);
        Spread times = rounds.ratio(1);
        Spread share = new Spread(1 / times.most(), 1 / times.median(), 1 / times.least());
        String detail = String.format(
                Locale.ROOT,
                "%.2f of %.1f ms",
                rounds.subjectMillis().median(),
                rounds.baselineMillis().median());
        return Result.ratio(engine.name() + ", share of a lookup", share, Optional.of(GOAL_SHARE), detail);
    }
}
