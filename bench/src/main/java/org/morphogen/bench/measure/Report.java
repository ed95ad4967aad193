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
            out.printf(
                    Locale.ROOT,
                    "  %-48s %7.2f (%.2f to %.2f)%s   %s%n",
                    result.name(),
                    result.ratio().median(),
                    result.ratio().least(),
                    result.ratio().most(),
                    result.goal().isPresent()
                            ? String.format(
                                    Locale.ROOT, ", goal %.2f", result.goal().getAsDouble())
                            : "",
                    result.detail());
        }
        out.flush();
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
