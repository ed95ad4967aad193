package org.morphogen.coordinator.building.input;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * Comma-separated values. The first line names the columns, in any order. Fields are hex or decimal, so they hold no
 * commas; they may stand in double quotes, and white space around them is skipped, as are blank lines.
 */
record CsvReader() implements EntryReader {
    @Override
    public void read(InputStream in, Columns columns, EntryTarget target) throws IOException {
        BoundedLines lines = new BoundedLines(in);
        List<Column> header = header(lines, columns, target);
        Fields fields = new Fields();
        while (!header.isEmpty() && lines.advance()) {
            if (lines.isTooLong()) {
                target.error(lines.number(), "is longer than " + BoundedLines.MAX_LINE_BYTES + " bytes");
            } else if (!lines.isBlank()) {
                readLine(lines, header, fields, target);
            }
        }
    }

    private static void readLine(BoundedLines lines, List<Column> header, Fields fields, EntryTarget target)
            throws IOException {
        List<String> cells = split(lines.text());
        if (cells.size() != header.size()) {
            target.error(lines.number(), "has " + cells.size() + " fields, not " + header.size() + " as the header");
            return;
        }
        fields.clear();
        for (int i = 0; i < header.size(); i++) {
            fields.set(header.get(i), cells.get(i));
        }
        target.entry(lines.number(), fields);
    }

    /** The columns that the first line names; none after an error. */
    private static List<Column> header(BoundedLines lines, Columns columns, EntryTarget target) throws IOException {
        if (!lines.advance() || lines.isTooLong()) {
            target.error(1, "is no header; it must name the columns: " + columns);
            return List.of();
        }
        List<Column> header = new ArrayList<>();
        for (String name : split(lines.text())) {
            var column = columns.column(name);
            if (column.isEmpty() || header.contains(column.get())) {
                target.error(1, "header: " + (column.isEmpty() ? columns.unknown(name) : name + " stands twice"));
                return List.of();
            }
            header.add(column.get());
        }
        Set<Column> missing = EnumSet.copyOf(columns.required());
        header.forEach(missing::remove);
        if (!missing.isEmpty()) {
            target.error(1, "header: lacks " + Column.list(missing));
            return List.of();
        }
        return header;
    }

    private static List<String> split(String line) {
        List<String> cells = new ArrayList<>(4);
        int from = 0;
        for (int comma = line.indexOf(','); comma >= 0; comma = line.indexOf(',', from)) {
            cells.add(cell(line.substring(from, comma)));
            from = comma + 1;
        }
        cells.add(cell(line.substring(from)));
        return cells;
    }

    private static String cell(String text) {
        String cell = text.strip();
        boolean quoted = cell.length() >= 2 && cell.startsWith("\"") && cell.endsWith("\"");
        return quoted ? cell.substring(1, cell.length() - 1) : cell;
    }
}
