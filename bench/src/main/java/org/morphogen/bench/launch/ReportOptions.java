package org.morphogen.bench.launch;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.morphogen.bench.measure.Machine;
import org.morphogen.bench.measure.Report;
import org.morphogen.bench.measure.Result;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** Where results go, the same for all benchmarks. */
final class ReportOptions {
    @Option(names = "--rounds", defaultValue = "7", description = "Rounds that count (${DEFAULT-VALUE}).")
    private int rounds;

    @Option(names = "--json", description = "Write the results there as JSON, too.")
    private Optional<Path> json = Optional.empty();

    @Option(names = "--svg", description = "Write a plot there, too.")
    private Optional<Path> svg = Optional.empty();

    /** Rounds that count, at least 1. */
    int rounds() {
        return Math.max(1, rounds);
    }

    void show(CommandSpec command, String baseline, List<Result> results) throws IOException {
        String typed = String.join(
                " ", command.commandLine().getParent().getParseResult().originalArgs());
        Report report = new Report("morphogen bench " + typed, baseline, Machine.here(), results);
        report.print(new PrintWriter(command.commandLine().getOut(), true));
        if (json.isPresent()) {
            report.writeJson(json.get());
        }
        if (svg.isPresent()) {
            report.writeSvg(svg.get());
        }
    }
}
