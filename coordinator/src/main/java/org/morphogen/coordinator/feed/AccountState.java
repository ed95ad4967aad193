package org.morphogen.coordinator.feed;

import java.math.BigInteger;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.morphogen.row.AccountValue;
import org.morphogen.row.Bytes32;

/** One account while the transactions of a block go over it. Not thread-safe. */
final class AccountState {
    private AccountValue value = AccountPart.NONE;
    private final SortedMap<Bytes32, Optional<Bytes32>> slots = new TreeMap<>(Words.ORDER);

    /** Goes over to what a transaction left. {@code post} is null if the transaction deleted the account. */
    void apply(@Nullable AccountPart pre, @Nullable AccountPart post) {
        if (pre != null) {
            pre.storage().keySet().forEach(slot -> slots.put(slot, Optional.empty()));
        }
        if (post == null || post.saysGone()) {
            value = AccountPart.NONE;
            clear();
            return;
        }
        value = post.over(pre == null ? AccountPart.NONE : pre.whole());
        for (Map.Entry<Bytes32, Bytes32> set : post.storage().entrySet()) {
            slots.put(set.getKey(), Optional.of(set.getValue()).filter(word -> !Words.isZero(word)));
        }
    }

    void add(BigInteger wei) {
        value = new AccountValue(value.balance().add(wei), value.nonce(), value.codeHash());
    }

    /** The value after the block; an empty account that was touched is deleted (EIP-161). */
    Optional<AccountValue> after() {
        return isGone() ? Optional.empty() : Optional.of(value);
    }

    /** Slots that were written, with the words in them; empty for those that were cleared. */
    SortedMap<Bytes32, Optional<Bytes32>> slots() {
        if (isGone()) {
            clear();
        }
        return slots;
    }

    private void clear() {
        slots.replaceAll((slot, word) -> Optional.empty());
    }

    private boolean isGone() {
        return value.equals(AccountPart.NONE);
    }
}
