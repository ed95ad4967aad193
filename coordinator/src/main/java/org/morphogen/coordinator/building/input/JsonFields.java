package org.morphogen.coordinator.building.input;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;

/** What the JSON formats share. */
final class JsonFields {
    /** A string may be as long as a line of the other formats; everything else has Jackson's own limits. */
    static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxStringLength(BoundedLines.MAX_LINE_BYTES)
                    .build())
            // In a genesis file every address is a field name: millions of names that never come again.
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .build();

    private JsonFields() {}

    /**
     * Sets a field from the value that the parser stands at.
     *
     * @return why it cannot be used; empty if it can
     */
    static String set(Fields fields, Column column, JsonParser at) throws IOException {
        boolean text = at.currentToken() == JsonToken.VALUE_STRING;
        boolean number = column.isNumber() && at.currentToken() == JsonToken.VALUE_NUMBER_INT;
        if (!text && !number) {
            at.skipChildren();
            return column.text() + ": is not " + (column.isNumber() ? "text or a whole number" : "text");
        }
        return fields.set(column, at.getText().strip()) ? "" : column.text() + ": stands twice";
    }
}
