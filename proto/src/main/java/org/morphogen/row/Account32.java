package org.morphogen.row;

import java.math.BigInteger;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;

/**
 * Accounts in 32 bytes: tag 8, balance 12, nonce 8, code id 4. The code id points into the table's
 * {@link CodeDictionary}. The key is the 20-byte address.
 */
public record Account32() implements RowSchema {
    /** Name of this schema. */
    public static final String NAME = "account-32";
    /** Bytes of a row. */
    public static final int ROW_BYTES = 32;
    /** The greatest code id: 32 bits, unsigned. */
    public static final long MAX_CODE_ID = 0xffff_ffffL;

    private static final int BALANCE_AT = 8;
    private static final int BALANCE_BYTES = 12;
    private static final int NONCE_AT = 20;
    private static final int CODE_ID_AT = 28;

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
        return Account64.ADDRESS_BYTES;
    }

    @Override
    public int maxKeyBytes() {
        return Account64.ADDRESS_BYTES;
    }

    /**
     * Writes a row.
     *
     * @param tag not 0
     * @param balance 0 to 2^96 - 1 wei
     * @param nonce unsigned 64 bits
     * @param codeId 0 to {@link #MAX_CODE_ID}; 0 without code
     * @throws MorphogenException REQUEST_INVALID naming the field that is out of range; the row is untouched then
     */
    public void encode(long tag, BigInteger balance, long nonce, long codeId, byte[] row, int offset) {
        RowFields.checkUnsigned("balance", balance, 8 * BALANCE_BYTES);
        if (codeId < 0 || codeId > MAX_CODE_ID) {
            throw new MorphogenException(FailureReason.REQUEST_INVALID, "code id: must be 0 to 2^32 - 1");
        }
        RowFields.start(tag, row, offset, ROW_BYTES);
        RowFields.writeUnsigned(balance, row, offset + BALANCE_AT, BALANCE_BYTES);
        RowFields.writeLong(nonce, row, offset + NONCE_AT);
        RowFields.writeInt((int) codeId, row, offset + CODE_ID_AT);
    }

    @Override
    public AccountValue decode(byte[] row, CodeDictionary dictionary) {
        return new AccountValue(balance(row), RowFields.readLong(row, NONCE_AT), dictionary.codeHash(codeId(row)));
    }

    /** The code id of a row that is not empty, 0 to {@link #MAX_CODE_ID}. */
    public long codeId(byte[] row) {
        RowFields.checkRow(this, row);
        return Integer.toUnsignedLong(RowFields.readInt(row, CODE_ID_AT));
    }

    private BigInteger balance(byte[] row) {
        RowFields.checkRow(this, row);
        return RowFields.readUnsigned(row, BALANCE_AT, BALANCE_BYTES);
    }
}
