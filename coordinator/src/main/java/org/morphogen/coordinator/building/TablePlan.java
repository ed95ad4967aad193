package org.morphogen.coordinator.building;

import java.nio.file.Path;
import java.util.regex.Pattern;
import org.morphogen.coordinator.building.input.InputFormat;
import org.morphogen.coordinator.building.input.TableInput;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.morphogen.row.Account32;
import org.morphogen.row.Account64;
import org.morphogen.row.BytesN;
import org.morphogen.row.RowSchema;
import org.morphogen.row.Slot48;

/**
 * A table to build.
 *
 * @param name 1 to 32 lower-case letters, digits and dashes, beginning with a letter
 * @param schema of its rows; a geth genesis file has entries for accounts and slots only
 */
public record TablePlan(String name, RowSchema schema, TableInput input, InputFormat format) {
    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]{0,31}");

    public TablePlan {
        if (!NAME.matcher(name).matches()) {
            throw new MorphogenException(
                    FailureReason.SETTINGS_INVALID,
                    "table: a name is 1 to 32 lower-case letters, digits and dashes and begins with a letter.");
        }
        if (format == InputFormat.GETH_GENESIS && !fitsGenesis(schema)) {
            throw new MorphogenException(
                    FailureReason.SETTINGS_INVALID,
                    "schema: " + schema.name() + " cannot be built from " + format.text() + ".");
        }
    }

    /** A table from a file whose name tells its format; fails with SETTINGS_INVALID if it does not. */
    public static TablePlan of(String name, RowSchema schema, Path file) {
        TableInput input = TableInput.file(file);
        return new TablePlan(name, schema, input, InputFormat.guess(input.name()));
    }

    private static boolean fitsGenesis(RowSchema schema) {
        return switch (schema) {
            case Account32 _, Account64 _, Slot48 _ -> true;
            case BytesN _ -> false;
        };
    }
}
