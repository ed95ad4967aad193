package org.morphogen.coordinator.building.input;

import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import org.morphogen.coordinator.ethereum.Excerpt;
import org.morphogen.row.Account32;
import org.morphogen.row.Account64;
import org.morphogen.row.BytesN;
import org.morphogen.row.RowSchema;
import org.morphogen.row.Slot48;

/**
 * What an entry of a table consists of.
 *
 * @param required always there
 * @param optional has a default: nonce 0, no code
 */
public record Columns(Set<Column> required, Set<Column> optional) {
    private static final Columns ACCOUNT =
            new Columns(EnumSet.of(Column.ADDRESS, Column.BALANCE), EnumSet.of(Column.NONCE, Column.CODE_HASH));
    private static final Columns SLOT =
            new Columns(EnumSet.of(Column.ADDRESS, Column.SLOT, Column.VALUE), EnumSet.noneOf(Column.class));
    private static final Columns BYTES =
            new Columns(EnumSet.of(Column.KEY, Column.VALUE), EnumSet.noneOf(Column.class));

    public Columns {
        required = Set.copyOf(required);
        optional = Set.copyOf(optional);
    }

    /** The columns of a schema. */
    public static Columns of(RowSchema schema) {
        return switch (schema) {
            case Account32 _, Account64 _ -> ACCOUNT;
            case Slot48 _ -> SLOT;
            case BytesN _ -> BYTES;
        };
    }

    /** The column of that name, if an entry may have it. */
    Optional<Column> column(String name) {
        return Column.named(name).filter(c -> required.contains(c) || optional.contains(c));
    }

    /** Why that name is none of these columns. */
    String unknown(String name) {
        return "'" + Excerpt.of(name) + "' is none of " + this;
    }

    /** The names, for messages, in a fixed order. */
    @Override
    public String toString() {
        EnumSet<Column> all = EnumSet.copyOf(required);
        all.addAll(optional);
        return Column.list(all);
    }
}
