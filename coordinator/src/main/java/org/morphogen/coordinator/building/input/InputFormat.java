package org.morphogen.coordinator.building.input;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.morphogen.coordinator.ethereum.Excerpt;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;

/** The formats that a table can be built from. Any of them may be packed with gzip. */
public enum InputFormat {
    /** A genesis file as geth reads it: accounts, and storage slots. */
    GETH_GENESIS("geth-genesis", ".*\\.json"),
    /** Comma-separated values under a header. */
    CSV("csv", ".*\\.csv"),
    /** A JSON object a line. */
    JSON_LINES("jsonl", ".*\\.(jsonl|ndjson)");

    private static final String PACKED = ".gz";

    private final String text;
    private final String fileNames;

    InputFormat(String text, String fileNames) {
        this.text = text;
        this.fileNames = fileNames;
    }

    /** Its name on the command line and in manifests. */
    public String text() {
        return text;
    }

    /** The format of that name; fails with SETTINGS_INVALID. */
    public static InputFormat named(String text) {
        return Arrays.stream(values())
                .filter(format -> format.text.equals(text))
                .findFirst()
                .orElseThrow(() -> invalid("format: '" + Excerpt.of(text) + "' is none of " + names() + "."));
    }

    /** The format that a file name tells by its ending; fails with SETTINGS_INVALID. */
    public static InputFormat guess(String fileName) {
        String lower = fileName.toLowerCase(Locale.ROOT);
        String name = lower.endsWith(PACKED) ? lower.substring(0, lower.length() - PACKED.length()) : lower;
        return Arrays.stream(values())
                .filter(format -> name.matches(format.fileNames))
                .findFirst()
                .orElseThrow(() -> invalid(
                        "format: cannot tell that of " + fileName + "; give one of " + names() + " with --format."));
    }

    EntryReader reader() {
        return switch (this) {
            case GETH_GENESIS -> new GenesisReader();
            case CSV -> new CsvReader();
            case JSON_LINES -> new JsonLinesReader();
        };
    }

    private static String names() {
        return Arrays.stream(values()).map(InputFormat::text).collect(Collectors.joining(", "));
    }

    private static MorphogenException invalid(String message) {
        return new MorphogenException(FailureReason.SETTINGS_INVALID, message);
    }
}
