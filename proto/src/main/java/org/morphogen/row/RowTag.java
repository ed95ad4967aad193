package org.morphogen.row;

/** The first 8 bytes of every row: the keyed hash that tells whose row it is. Stateless and thread-safe. */
public final class RowTag {
    /** Size of a tag. */
    public static final int BYTES = 8;

    private RowTag() {}

    /** The tag of the row that starts at {@code offset}; 0 for an empty row. */
    public static long read(byte[] row, int offset) {
        return RowFields.readTag(row, offset);
    }

    /** Whether the row has the wanted tag, found without an early exit. */
    public static boolean matches(byte[] row, int offset, long tag) {
        long difference = RowFields.readTag(row, offset) ^ tag;
        return (difference | -difference) >= 0;
    }

    /** Whether all {@code rowBytes} bytes are zero, found without an early exit. */
    public static boolean isEmpty(byte[] row, int offset, int rowBytes) {
        return RowFields.allZero(row, offset, rowBytes);
    }
}
