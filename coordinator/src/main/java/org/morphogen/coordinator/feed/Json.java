package org.morphogen.coordinator.feed;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;

/** Steps over JSON that the readers of this package share. */
final class Json {
    /** Far above any contract's code, twice its bytes. */
    private static final int MAX_STRING = 1 << 22;

    static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(
                    StreamReadConstraints.builder().maxStringLength(MAX_STRING).build())
            // In a diff every address is a field name: names that seldom come again.
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .build();

    private Json() {}

    /** Reads one field's value; the parser stands at its first token, and afterwards at its last. */
    interface FieldReader {
        void read(String name) throws IOException;
    }

    /** Reads what the parser stands at; afterwards it stands at its last token. */
    interface ElementReader {
        void read() throws IOException;
    }

    /** Goes over the fields of the object that the parser stands at. */
    static void object(String place, JsonParser at, FieldReader fields) throws IOException {
        if (at.currentToken() != JsonToken.START_OBJECT) {
            throw new BadJson(place + ": is not a JSON object");
        }
        while (at.nextToken() == JsonToken.FIELD_NAME) {
            String name = at.currentName();
            at.nextToken();
            fields.read(name);
        }
    }

    /** Goes over the elements of the array that the parser stands at. */
    static void array(String place, JsonParser at, ElementReader elements) throws IOException {
        if (at.currentToken() != JsonToken.START_ARRAY) {
            throw new BadJson(place + ": is not a JSON array");
        }
        while (at.nextToken() != JsonToken.END_ARRAY) {
            elements.read();
        }
    }

    /** The text that the parser stands at. */
    static String text(String place, JsonParser at) throws IOException {
        if (at.currentToken() != JsonToken.VALUE_STRING) {
            throw new BadJson(place + ": is not text");
        }
        return at.getText();
    }

    /** Fails if a field was told before. */
    static void once(String place, boolean before) throws BadJson {
        if (before) {
            throw new BadJson(place + ": stands twice");
        }
    }
}
