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
 * @param code empty if the diff does not tell it
 * @param storage the changed slots; zero words are as good as slots left out
 */
record AccountPart(
        Optional<BigInteger> balance, Optional<Long> nonce, Optional<CodePart> code, Map<Bytes32, Bytes32> storage) {
    /** The account that is not there. */
    static final AccountValue NONE = new AccountValue(BigInteger.ZERO, 0, CodeDictionary.EMPTY_CODE);

    AccountPart {
        storage = Map.copyOf(storage);
    }

    /** The value of an account that was {@code base} but for what this tells. */
    AccountValue over(AccountValue base) {
        return new AccountValue(
                balance.orElse(base.balance()),
                nonce.orElse(base.nonce()),
                code.map(CodePart::hash).orElse(base.codeHash()));
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
        return code.map(CodePart::hash).filter(Words::isZero).isPresent();
    }

    /**
     * Whether this, as the side after, leaves open what code there is. Some nodes leave code out that was taken away,
     * and code left out is else code unchanged. Only a delegation can be taken away, and that counts the nonce up.
     */
    boolean leavesCodeOpen(AccountPart pre) {
        return code.isEmpty()
                && nonce.isPresent()
                && pre.code.filter(CodePart::mayDelegate).isPresent();
    }
}
