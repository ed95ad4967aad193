package org.morphogen.bench.launch;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.morphogen.bench.cuckoo.CuckooBench;
import org.morphogen.bench.measure.Goal;
import org.morphogen.bench.measure.Result;
import org.morphogen.bench.measure.Rounds;
import org.morphogen.bench.measure.Spread;
import org.morphogen.bench.measure.Unit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Finding rows for keys. */
@Command(
        name = "cuckoo",
        description = "Hashing random keys and finding a row for each, against finding rows one key after another.",
        mixinStandardHelpOptions = true)
final class CuckooCommand implements Callable<Integer> {
    private static final int GOAL_KEYS = 10_000_000;
    private static final double GOAL_LOAD = 0.91;
    private static final Goal GOAL_SECONDS = Goal.atMost(5);

    @Option(names = "--keys", defaultValue = "10000000", description = "Keys, up to 100 million (${DEFAULT-VALUE}).")
    private int keys;

    @Option(names = "--load", defaultValue = "0.91", description = "Keys for each row (${DEFAULT-VALUE}).")
    private double load;

    @Option(names = "--threads", split = ",", defaultValue = "1,0", description = "Threads; 0: one a processor.")
    private List<Integer> threads = List.of();

    @Mixin
    private ReportOptions report = new ReportOptions();

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        List<Result> results = new ArrayList<>();
        for (int count : threads) {
            measure(count == 0 ? Runtime.getRuntime().availableProcessors() : count, results);
        }
        report.show(spec, "finding rows one key after another, one thread", results);
        return 0;
    }

    private void measure(int threadCount, List<Result> results) throws Exception {
        String name = String.format(Locale.ROOT, "%d keys at load %.3f, %d threads", keys, load, threadCount);
        try (CuckooBench bench = new CuckooBench(keys, load, threadCount)) {
            Rounds whole = bench.whole(report.rounds());
            Optional<Goal> goal = threadCount == 1 && keys == GOAL_KEYS && load == GOAL_LOAD
                    ? Optional.of(GOAL_SECONDS)
                    : Optional.empty();
            String hashing = String.format(
                    Locale.ROOT,
                    "of that hashing %.2f s",
                    whole.baselineMillis().median() / 1e3);
            results.add(new Result(name, seconds(whole.subjectMillis()), Unit.SECONDS, goal, hashing));
            Rounds placing = bench.placing(report.rounds());
            String times = String.format(
                    Locale.ROOT,
                    "%.2f s; one by one %.2f s",
                    placing.subjectMillis().median() / 1e3,
                    placing.baselineMillis().median() / 1e3);
            results.add(Result.ratio(name + ", finding rows alone", placing.ratio(1), Optional.empty(), times));
        }
    }

    private static Spread seconds(Spread millis) {
        return new Spread(millis.least() / 1e3, millis.median() / 1e3, millis.most() / 1e3);
    }
}
