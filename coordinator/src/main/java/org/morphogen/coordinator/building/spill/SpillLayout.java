package org.morphogen.coordinator.building.spill;

import org.morphogen.row.RowSchema;
import org.morphogen.row.RowTag;

/**
 * A record of a spill file: line number 8 bytes, key length 1, key padded with zeros, row without its tag.
 *
 * @param maxKeyBytes bytes of the longest key, 1 to 255
 * @param rowBytes width of a row with its tag
 */
record SpillLayout(int maxKeyBytes, int rowBytes) {
    static final int LINE_AT = 0;
    static final int KEY_LENGTH_AT = Long.BYTES;
    static final int KEY_AT = KEY_LENGTH_AT + 1;

    static SpillLayout of(RowSchema schema) {
        return new SpillLayout(schema.maxKeyBytes(), schema.rowBytes());
    }

    int rowAt() {
        return KEY_AT + maxKeyBytes;
    }

    int untaggedBytes() {
        return rowBytes - RowTag.BYTES;
    }

    int recordBytes() {
        return rowAt() + untaggedBytes();
    }
}
