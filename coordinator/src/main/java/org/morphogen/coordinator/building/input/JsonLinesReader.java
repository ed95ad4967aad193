package org.morphogen.coordinator.building.input;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.CharConversionException;
import java.io.IOException;
import java.io.InputStream;
import org.morphogen.coordinator.ethereum.Excerpt;

/** One JSON object a line, its fields named as the columns of a CSV. Blank lines are skipped. */
record JsonLinesReader() implements EntryReader {
    @Override
    public void read(InputStream in, Columns columns, EntryTarget target) throws IOException {
        BoundedLines lines = new BoundedLines(in);
        Fields fields = new Fields();
        while (lines.advance()) {
            if (lines.isTooLong()) {
                target.error(lines.number(), "is longer than " + BoundedLines.MAX_LINE_BYTES + " bytes");
            } else if (!lines.isBlank()) {
                String problem = parse(lines, columns, fields);
                if (problem.isEmpty()) {
                    target.entry(lines.number(), fields);
                } else {
                    target.error(lines.number(), problem);
                }
            }
        }
    }

    /** Fills the fields; tells what is wrong with the line, or nothing. */
    private static String parse(BoundedLines lines, Columns columns, Fields fields) throws IOException {
        fields.clear();
        try (JsonParser parser = JsonFields.JSON.createParser(lines.bytes(), 0, lines.length())) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                return "is not a JSON object";
            }
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                var column = columns.column(name);
                parser.nextToken();
                String problem =
                        column.isEmpty() ? columns.unknown(name) : JsonFields.set(fields, column.get(), parser);
                if (!problem.isEmpty()) {
                    return problem;
                }
            }
            return parser.nextToken() == null ? "" : "has more than one JSON object";
        } catch (JacksonException broken) {
            return "is not JSON: " + Excerpt.of(broken.getOriginalMessage());
        } catch (CharConversionException garbled) {
            return "is not JSON: " + Excerpt.of(garbled.getMessage());
        }
    }
}
