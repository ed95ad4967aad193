package org.morphogen.coordinator.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Lines of columns for people to read. Not thread-safe. */
public final class TextTable {
    private static final String GAP = "  ";

    private final List<List<String>> lines = new ArrayList<>();

    /** A table under that header. */
    public TextTable(String... header) {
        row((Object[]) header);
    }

    /** Adds a line; it has as many cells as the header. */
    public TextTable row(Object... cells) {
        List<String> line = Arrays.stream(cells).map(String::valueOf).toList();
        if (!lines.isEmpty() && line.size() != lines.getFirst().size()) {
            throw new IllegalArgumentException("cells: not as many as the header has");
        }
        lines.add(line);
        return this;
    }

    /** The lines, without a line end after the last. */
    @Override
    public String toString() {
        int[] widths = IntStream.range(0, lines.getFirst().size())
                .map(i -> lines.stream()
                        .mapToInt(line -> line.get(i).length())
                        .max()
                        .orElse(0))
                .toArray();
        return lines.stream().map(line -> padded(line, widths)).collect(Collectors.joining(System.lineSeparator()));
    }

    private static String padded(List<String> line, int[] widths) {
        return IntStream.range(0, widths.length)
                .mapToObj(i -> line.get(i) + " ".repeat(widths[i] - line.get(i).length()))
                .collect(Collectors.joining(GAP))
                .stripTrailing();
    }
}
