package org.morphogen.coordinator.building.input;

import java.util.EnumMap;
import java.util.Map;

/** The fields of one entry as text. Used again and again, one entry after another; not thread-safe. */
public final class Fields {
    private final Map<Column, String> texts = new EnumMap<>(Column.class);

    /** No fields. */
    public Fields() {}

    /** Forgets all fields. */
    void clear() {
        texts.clear();
    }

    /** Sets a field, unless the entry already has it: then false. */
    boolean set(Column column, String text) {
        return texts.putIfAbsent(column, text) == null;
    }

    /** Whether the entry has the field, empty or not. */
    boolean has(Column column) {
        return texts.containsKey(column);
    }

    /** The field's text; empty where the entry does not have it. */
    String text(Column column) {
        return texts.getOrDefault(column, "");
    }
}
