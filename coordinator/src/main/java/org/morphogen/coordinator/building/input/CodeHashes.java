package org.morphogen.coordinator.building.input;

import java.util.Arrays;
import org.morphogen.failure.MorphogenException;
import org.morphogen.row.Bytes32;
import org.morphogen.row.CodeDictionary;

/**
 * A dictionary of code hashes while it grows, in order of first appearance; entry 0 is the hash of no code. Takes 40
 * to 96 bytes a different hash, and takes {@value #MAX_ENTRIES} of them at most. Not thread-safe.
 */
public final class CodeHashes {
    /** Most entries. */
    public static final int MAX_ENTRIES = 1 << 24;

    private static final int LENGTH = Bytes32.LENGTH;
    private static final int FIRST_SLOTS = 64;

    private byte[] entries = new byte[FIRST_SLOTS / 2 * LENGTH];
    /** Open addressing, entry number + 1 or 0; at least twice as many slots as entries. */
    private int[] slots = new int[FIRST_SLOTS];

    private int size;

    /** Only the hash of no code. */
    public CodeHashes() {
        id(CodeDictionary.EMPTY_CODE);
    }

    /**
     * The entry's number, a new one if the hash is new.
     *
     * @throws MorphogenException REQUEST_INVALID if the dictionary is full
     */
    int id(Bytes32 hash) {
        byte[] bytes = hash.bytes();
        int slot = find(bytes);
        if (slots[slot] == 0) {
            if (size == MAX_ENTRIES) {
                throw FieldText.invalid(
                        Column.CODE_HASH, "is one too many for account-32; use account-64, which has no dictionary");
            }
            if (size == slots.length / 2) {
                grow();
                slot = find(bytes);
            }
            System.arraycopy(bytes, 0, entries, size * LENGTH, LENGTH);
            slots[slot] = ++size;
        }
        return slots[slot] - 1;
    }

    /** Number of entries. */
    public int size() {
        return size;
    }

    /** All entries, 32 bytes each. */
    public byte[] bytes() {
        return Arrays.copyOf(entries, size * LENGTH);
    }

    private int find(byte[] hash) {
        int slot = Arrays.hashCode(hash) & (slots.length - 1);
        while (slots[slot] != 0 && !isEntry(slots[slot] - 1, hash)) {
            slot = (slot + 1) & (slots.length - 1);
        }
        return slot;
    }

    private boolean isEntry(int id, byte[] hash) {
        return Arrays.equals(entries, id * LENGTH, (id + 1) * LENGTH, hash, 0, LENGTH);
    }

    private void grow() {
        slots = new int[2 * slots.length];
        entries = Arrays.copyOf(entries, 2 * entries.length);
        for (int id = 0; id < size; id++) {
            slots[find(Arrays.copyOfRange(entries, id * LENGTH, (id + 1) * LENGTH))] = id + 1;
        }
    }
}
