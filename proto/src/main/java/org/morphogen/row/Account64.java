package org.morphogen.row;

import org.morphogen.failure.MorphogenException;

/** Accounts in 64 bytes: tag 8, nonce 8, balance 16, code hash 32. The key is the 20-byte address. */
public record Account64() implements RowSchema {
    /** Name of this schema. */
    public static final String NAME = "account-64";
    /** Bytes of a row. */
    public static final int ROW_BYTES = 64;
    /** Bytes of an Ethereum address. */
    public static final int ADDRESS_BYTES = 20;

    private static final int NONCE_AT = 8;
    private static final int BALANCE_AT = 16;
    private static final int BALANCE_BYTES = 16;
    private static final int CODE_HASH_AT = 32;

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public int rowBytes() {
        return ROW_BYTES;
    }

    @Override
    public int minKeyBytes() {
        return ADDRESS_BYTES;
    }

    @Override
    public int maxKeyBytes() {
        return ADDRESS_BYTES;
    }

    /**
     * Writes a row.
     *
     * @param tag not 0
     * @throws MorphogenException REQUEST_INVALID for tag 0
     */
    public void encode(long tag, AccountValue value, byte[] row, int offset) {
        RowFields.start(tag, row, offset, ROW_BYTES);
        RowFields.writeLong(value.nonce(), row, offset + NONCE_AT);
        RowFields.writeUnsigned(value.balance(), row, offset + BALANCE_AT, BALANCE_BYTES);
        value.codeHash().write(row, offset + CODE_HASH_AT);
    }

    @Override
    public AccountValue decode(byte[] row, CodeDictionary dictionary) {
        RowFields.checkRow(this, row);
        return new AccountValue(
                RowFields.readUnsigned(row, BALANCE_AT, BALANCE_BYTES),
                RowFields.readLong(row, NONCE_AT),
                Bytes32.read(row, CODE_HASH_AT));
    }
}
