package org.morphogen.row;

import java.math.BigInteger;

/**
 * An Ethereum account without its storage.
 *
 * @param balance in wei, 0 to 2^128 - 1
 * @param nonce unsigned 64 bits: a negative long stands for itself plus 2^64, see {@link Long#toUnsignedString(long)}
 * @param codeHash keccak256 of the code; {@link CodeDictionary#EMPTY_CODE} without code
 */
public record AccountValue(BigInteger balance, long nonce, Bytes32 codeHash) implements RowValue {
    /** Checks the balance. */
    public AccountValue {
        RowFields.checkUnsigned("balance", balance, 128);
    }
}
