package org.morphogen.bench.launch;

import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import org.morphogen.bench.measure.Result;
import org.morphogen.bench.measure.Rounds;
import org.morphogen.bench.scan.DpfBench;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Expanding a key. */
@Command(
        name = "dpf",
        description = "One key expanded to 2^20 leaves (2^27 rows) on one thread, against the AES in it alone.",
        mixinStandardHelpOptions = true)
final class DpfCommand implements Callable<Integer> {
    @Mixin
    private ReportOptions report = new ReportOptions();

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        Rounds rounds = DpfBench.run(report.rounds());
        String detail = String.format(
                Locale.ROOT,
                "%.2f ms; AES alone %.2f ms",
                rounds.subjectMillis().median(),
                rounds.baselineMillis().median());
        report.show(
                spec,
                "the AES that it cannot do without",
                List.of(new Result("2^20 leaves, 1 thread", rounds.ratio(1), OptionalDouble.empty(), detail)));
        return 0;
    }
}
