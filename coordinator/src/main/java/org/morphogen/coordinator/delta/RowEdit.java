package org.morphogen.coordinator.delta;

import java.util.Optional;

/** What becomes of one key. Immutable if its change is. */
public final class RowEdit {
    private final byte[] key;
    private final Change change;

    /** Copies the key. */
    public RowEdit(byte[] key, Change change) {
        this.key = key.clone();
        this.change = change;
    }

    /** A copy of the key. */
    public byte[] key() {
        return key.clone();
    }

    Optional<byte[]> wanted(Optional<byte[]> current) {
        return change.wanted(current);
    }

    /** Gives the row that a key shall have; the same on every machine, or the parties' matrices would differ. */
    @FunctionalInterface
    public interface Change {
        /**
         * The wanted row, with the key's tag; empty to delete the key.
         *
         * @param current a copy of the key's row; empty if the key is absent
         */
        Optional<byte[]> wanted(Optional<byte[]> current);
    }
}
