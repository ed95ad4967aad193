package org.morphogen.coordinator.cli;

import java.nio.file.Path;
import org.morphogen.coordinator.building.TablePlan;
import org.morphogen.coordinator.building.input.InputFormat;
import org.morphogen.coordinator.building.input.TableInput;
import org.morphogen.row.Account32;
import org.morphogen.row.RowSchema;
import picocli.CommandLine.Option;

/** The options of {@code snapshot build} that belong together and may be repeated, once a table. */
final class TableOptions {
    @Option(
            names = "--table",
            required = true,
            paramLabel = "NAME",
            description = "Name of a table; begins the options of each table.")
    private String name = "";

    @Option(
            names = "--schema",
            paramLabel = "SCHEMA",
            defaultValue = Account32.NAME,
            description = "account-32 (default), account-64, slot-48 or bytes-N.")
    private String schema = Account32.NAME;

    @Option(
            names = "--input",
            required = true,
            paramLabel = "FILE",
            description = "Its input, packed with gzip or not.")
    private Path input = Path.of("");

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            description = "geth-genesis (.json), csv (.csv) or jsonl (.jsonl, .ndjson); told by the file's name.")
    private String format = "";

    /** The table that they describe; fails with SETTINGS_INVALID. */
    TablePlan plan() {
        TableInput file = TableInput.file(input);
        InputFormat known = format.isEmpty() ? InputFormat.guess(file.name()) : InputFormat.named(format);
        return new TablePlan(name, SettingsCheck.of(() -> RowSchema.parse(schema)), file, known);
    }
}
