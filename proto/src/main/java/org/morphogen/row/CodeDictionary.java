package org.morphogen.row;

import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;

/**
 * The code hashes of a table, 32 bytes an entry; account-32 rows hold an entry's number. Entry 0 is always
 * {@link #EMPTY_CODE}. Those of the snapshot come first, behind them those that blocks have added. Immutable and
 * thread-safe; holds one copy of its bytes and no objects an entry.
 */
public final class CodeDictionary {
    /** keccak256 of nothing: the code hash of an account without code. */
    public static final Bytes32 EMPTY_CODE =
            Bytes32.parse("c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470");

    /** The dictionary of a table in which no account has code. */
    public static final CodeDictionary NONE = new CodeDictionary(EMPTY_CODE.bytes());

    private final byte[] entries;
    private final CodeHashes added;

    private CodeDictionary(byte[] entries) {
        this(entries, CodeHashes.none());
    }

    private CodeDictionary(byte[] entries, CodeHashes added) {
        this.entries = entries;
        this.added = added;
    }

    /**
     * Reads the entries one after another.
     *
     * @param entries 32 bytes each, at least one; copied
     * @throws MorphogenException SNAPSHOT_INVALID if they are not whole, or the first is not {@link #EMPTY_CODE}
     */
    public static CodeDictionary parse(byte[] entries) {
        if (entries.length == 0 || entries.length % Bytes32.LENGTH != 0) {
            throw new MorphogenException(
                    FailureReason.SNAPSHOT_INVALID,
                    "dictionary: must be a multiple of 32 bytes and not empty, is " + entries.length);
        }
        if (!Bytes32.read(entries, 0).equals(EMPTY_CODE)) {
            throw new MorphogenException(
                    FailureReason.SNAPSHOT_INVALID, "dictionary: entry 0 must be keccak256 of nothing");
        }
        return new CodeDictionary(entries.clone());
    }

    /** The snapshot's entries and these behind them, instead of those that this dictionary may have there. */
    public CodeDictionary with(CodeHashes addedByBlocks) {
        return new CodeDictionary(entries, addedByBlocks);
    }

    /** Number of entries. */
    public int size() {
        return snapshotSize() + added.count();
    }

    private int snapshotSize() {
        return entries.length / Bytes32.LENGTH;
    }

    /**
     * The code hash of an id.
     *
     * @throws MorphogenException PARTY_MISBEHAVES for an id that the dictionary does not have
     */
    public Bytes32 codeHash(long codeId) {
        if (codeId < 0 || codeId >= size()) {
            throw RowFields.misbehaves("code id", "is not in the table's dictionary");
        }
        int id = (int) codeId;
        return id < snapshotSize() ? Bytes32.read(entries, id * Bytes32.LENGTH) : added.at(id - snapshotSize());
    }
}
