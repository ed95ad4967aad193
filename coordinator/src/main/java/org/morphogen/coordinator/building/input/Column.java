package org.morphogen.coordinator.building.input;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/** A named field of the input. */
public enum Column {
    /** 20 bytes in hex. */
    ADDRESS("address"),
    /** In wei. */
    BALANCE("balance"),
    /** Below 2^64. */
    NONCE("nonce"),
    /** 32 bytes in hex. */
    CODE_HASH("code_hash"),
    /** 32 bytes in hex; leading zeros may be left out after 0x. */
    SLOT("slot"),
    /** Of a slot, written as one; or plain bytes in hex. */
    VALUE("value"),
    /** Plain bytes in hex. */
    KEY("key");

    private final String text;

    Column(String text) {
        this.text = text;
    }

    /** As a header or a JSON object names it. */
    public String text() {
        return text;
    }

    /** Whether it may be a JSON number; all others are text. */
    boolean isNumber() {
        return this == BALANCE || this == NONCE;
    }

    /** The column of that name. */
    static Optional<Column> named(String text) {
        return Arrays.stream(values()).filter(c -> c.text.equals(text)).findFirst();
    }

    static String list(Iterable<Column> columns) {
        return StreamSupport.stream(columns.spliterator(), false)
                .map(Column::text)
                .collect(Collectors.joining(", "));
    }
}
