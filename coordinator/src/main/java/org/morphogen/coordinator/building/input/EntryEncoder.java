package org.morphogen.coordinator.building.input;

import java.math.BigInteger;
import org.morphogen.row.Account32;
import org.morphogen.row.Account64;
import org.morphogen.row.AccountValue;
import org.morphogen.row.Bytes32;
import org.morphogen.row.BytesN;
import org.morphogen.row.CodeDictionary;
import org.morphogen.row.RowSchema;
import org.morphogen.row.Slot48;
import org.morphogen.row.SlotValue;

/** Turns the fields of an entry into a key and a row. Not thread-safe. */
final class EntryEncoder {
    /** Stands in the row until the seeds are known. */
    private static final long ANY_TAG = 1;

    private static final int NONCE_BITS = 64;

    private final RowSchema schema;
    private final CodeHashes codes;
    private final byte[] row;

    /** For rows of that schema; account-32 numbers its code hashes by {@code codes}. */
    EntryEncoder(RowSchema schema, CodeHashes codes) {
        this.schema = schema;
        this.codes = codes;
        this.row = new byte[schema.rowBytes()];
    }

    /**
     * Writes the entry's row into {@link #row} and gives its key. Fails with REQUEST_INVALID, the message beginning
     * with the name of the field.
     */
    byte[] encode(Fields fields) {
        byte[] key = keyOf(fields);
        switch (schema) {
            case Account32 account -> {
                BigInteger balance = FieldText.number(fields, Column.BALANCE);
                account.encode(ANY_TAG, balance, nonce(fields), codes.id(codeHash(fields)), row, 0);
            }
            case Account64 account -> {
                BigInteger balance = FieldText.number(fields, Column.BALANCE);
                account.encode(ANY_TAG, new AccountValue(balance, nonce(fields), codeHash(fields)), row, 0);
            }
            case Slot48 slot -> slot.encode(ANY_TAG, new SlotValue(FieldText.word(fields, Column.VALUE)), row, 0);
            case BytesN bytes -> bytes.encode(ANY_TAG, FieldText.bytes(fields, Column.VALUE), row, 0);
        }
        return key;
    }

    /** The row of the last entry, its tag meaningless. */
    byte[] row() {
        return row;
    }

    private byte[] keyOf(Fields fields) {
        byte[] key = switch (schema) {
            case Account32 _, Account64 _ -> FieldText.address(fields);
            case Slot48 _ -> Slot48.key(FieldText.address(fields), FieldText.word(fields, Column.SLOT));
            case BytesN _ -> FieldText.bytes(fields, Column.KEY);
        };
        schema.checkKey(key);
        return key;
    }

    private static long nonce(Fields fields) {
        if (fields.text(Column.NONCE).isEmpty()) {
            return 0;
        }
        BigInteger nonce = FieldText.number(fields, Column.NONCE);
        if (nonce.bitLength() > NONCE_BITS) {
            throw FieldText.invalid(Column.NONCE, "must be below 2^64");
        }
        return nonce.longValue();
    }

    private static Bytes32 codeHash(Fields fields) {
        return fields.text(Column.CODE_HASH).isEmpty()
                ? CodeDictionary.EMPTY_CODE
                : FieldText.hash(fields, Column.CODE_HASH);
    }
}
