package org.morphogen.coordinator.building.input;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.morphogen.row.RowSchema;

/** What a reader told: entries as {@code line: column=text ...} and errors as {@code line! reason}. */
final class RecordedEntries implements EntryTarget {
    private final List<String> told = new ArrayList<>();

    static List<String> of(EntryReader reader, String schema, String input) throws IOException {
        RecordedEntries recorded = new RecordedEntries();
        byte[] bytes = input.getBytes(StandardCharsets.UTF_8);
        reader.read(new ByteArrayInputStream(bytes), Columns.of(RowSchema.parse(schema)), recorded);
        return recorded.told;
    }

    @Override
    public void entry(long line, Fields fields) {
        StringBuilder text = new StringBuilder().append(line).append(':');
        for (Column column : Column.values()) {
            if (fields.has(column)) {
                text.append(' ').append(column.text()).append('=').append(fields.text(column));
            }
        }
        told.add(text.toString());
    }

    @Override
    public void error(long line, String reason) {
        told.add(line + "! " + reason);
    }
}
