package org.morphogen.bench.launch;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.morphogen.bench.follow.FollowBench;
import org.morphogen.bench.measure.Goal;
import org.morphogen.bench.measure.Result;
import org.morphogen.bench.measure.Rounds;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** How long a block takes to become the head. */
@Command(
        name = "follow",
        description = "Blocks from an Ethereum node until a party of real processes names them as its head.",
        mixinStandardHelpOptions = true)
final class FollowCommand implements Callable<Integer> {
    private static final int WARM_UPS = 20;
    private static final double GOAL_MILLIS = 300;

    @Option(names = "--accounts", defaultValue = "4000000", description = "In the snapshot (${DEFAULT-VALUE}).")
    private int accounts;

    @Option(names = "--changed", defaultValue = "1500", description = "Accounts a block changes (${DEFAULT-VALUE}).")
    private int changed;

    @Option(names = "--nodes", defaultValue = "2", description = "That share the table (${DEFAULT-VALUE}).")
    private int nodes;

    @Mixin
    private ReportOptions report = new ReportOptions();

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        Path folder = Files.createTempDirectory("morphogen-bench-");
        List<Result> results = new ArrayList<>();
        try (FollowBench bench = new FollowBench(folder, accounts, nodes)) {
            Rounds rounds = bench.blocksToHead(changed, WARM_UPS, report.rounds());
            double fetch = rounds.baselineMillis().median();
            results.add(Result.ratio(
                    changed + " accounts, block to head",
                    rounds.subjectInBaselines(),
                    Optional.of(Goal.atMost(GOAL_MILLIS / fetch)),
                    String.format(
                            Locale.ROOT,
                            "%.1f ms (%.1f to %.1f); fetching alone %.1f ms; goal under %.0f ms",
                            rounds.subjectMillis().median(),
                            rounds.subjectMillis().least(),
                            rounds.subjectMillis().most(),
                            fetch,
                            GOAL_MILLIS)));
        } finally {
            Folders.delete(folder);
        }
        report.show(spec, "fetching the same block's answers from the Ethereum node", results);
        return 0;
    }
}
