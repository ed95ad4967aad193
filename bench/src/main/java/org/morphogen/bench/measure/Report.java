package org.morphogen.bench.measure;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * The results of one command.
 *
 * @param command as it was typed
 * @param baseline what the ratios are to
 */
public record Report(String command, String baseline, Machine machine, List<Result> results) {
    public Report {
        results = List.copyOf(results);
    }

    /** A table for people. */
    public void print(PrintWriter out) {
        out.printf(
                Locale.ROOT,
                "%s%n%s, %d processors, %s, huge pages: %s%n%s%nRatios to %s, median (least to most):%n",
                command,
                machine.processor(),
                machine.processors(),
                machine.memory(),
                machine.hugePages(),
                machine.jdk(),
                baseline);
        for (Result result : results) {
            out.println("  " + line(result));
        }
        out.flush();
    }

    private static String line(Result result) {
        Spread figure = result.figure();
        String unit = result.unit().suffix();
        String goal = result.goal()
                .map(wanted -> String.format(
                        Locale.ROOT,
                        "; goal %s: %s",
                        wanted.text(),
                        wanted.isReachedBy(figure.median()) ? "reached" : "missed"))
                .orElse("");
        return String.format(
                Locale.ROOT,
                "%-52s %7.2f%s (%.2f to %.2f)%s   %s",
                result.name(),
                figure.median(),
                unit,
                figure.least(),
                figure.most(),
                goal,
                result.detail());
    }

    /** The same for programs. */
    public void writeJson(Path file) throws IOException {
        ObjectMapper mapper =
                new ObjectMapper().registerModule(new Jdk8Module()).enable(SerializationFeature.INDENT_OUTPUT);
        Files.write(file, mapper.writeValueAsBytes(this));
    }

    /** A plot of the ratios as bars, each with its goal. */
    public void writeSvg(Path file) throws IOException {
        Files.writeString(file, new BarPlot(this).svg());
    }
}
