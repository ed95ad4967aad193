package org.morphogen.snapshot;

/**
 * A table's dictionary of code hashes: a file of {@code entries} hashes of 32 bytes; a row's code id is the place in
 * it. Entry 0 is the hash of no code.
 *
 * @param file name relative to the snapshot directory; always {@link #fileName}
 */
public record DictionaryEntry(String file, int entries, String sha256) {
    /** Bytes of one entry. */
    public static final int ENTRY_BYTES = 32;

    public DictionaryEntry {
        if (entries < 1) {
            throw new IllegalArgumentException("entries: a dictionary has at least the hash of no code");
        }
        if (!Sha256.isHex(sha256)) {
            throw new IllegalArgumentException("sha256: not 64 lower-case hex digits");
        }
    }

    /** The one file name that the dictionary of this table may have. */
    public static String fileName(String table) {
        return table + "/code-hashes.bin";
    }

    /** Length of the file. */
    public long bytes() {
        return (long) entries * ENTRY_BYTES;
    }
}
