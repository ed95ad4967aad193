package org.morphogen.coordinator.feed;

import java.math.BigInteger;
import java.util.Map;
import java.util.Optional;
import org.morphogen.row.AccountValue;
import org.morphogen.row.Bytes32;
import org.morphogen.row.CodeDictionary;

/**
 * What one side of a transaction's diff tells of an account.
 *
 * @param codeHash zero means, on the side after, that the account is no more; before, that it has no code
 * @param storage the changed slots; zero words are as good as slots left out
 */
record AccountPart(
        Optional<BigInteger> balance, Optional<Long> nonce, Optional<Bytes32> codeHash, Map<Bytes32, Bytes32> storage) {
    /** The account that is not there. */
    static final AccountValue NONE = new AccountValue(BigInteger.ZERO, 0, CodeDictionary.EMPTY_CODE);

    AccountPart {
        storage = Map.copyOf(storage);
    }

    /** The value of an account that was {@code base} but for what this tells. */
    AccountValue over(AccountValue base) {
        return new AccountValue(
                balance.orElse(base.balance()), nonce.orElse(base.nonce()), codeHash.orElse(base.codeHash()));
    }

    /** The whole value that the side before tells: what it leaves out is zero. */
    AccountValue whole() {
        AccountValue value = over(NONE);
        return Words.isZero(value.codeHash())
                ? new AccountValue(value.balance(), value.nonce(), CodeDictionary.EMPTY_CODE)
                : value;
    }

    /** Whether this, as the side after, says that the account is no more; some nodes do it so. */
    boolean saysGone() {
        return codeHash.filter(Words::isZero).isPresent();
    }
}
