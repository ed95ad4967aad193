package org.morphogen.coordinator.feed;

import java.math.BigInteger;
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
    /** Whether the newest diff leaves open what the value is: each tells the whole value before its transaction. */
    private boolean valueOpen;
    /** Whether some diff took the account for deleted. */
    private boolean slotsOpen;

    private boolean settled;

    /**
     * Goes over to what a transaction left. {@code post} is null if the transaction deleted the account, or if the tracer
     * thinks so: those that do not know EIP-6780 leave out every account that ran SELFDESTRUCT.
     */
    void apply(@Nullable AccountPart pre, @Nullable AccountPart post) {
        if (pre != null) {
            pre.storage().keySet().forEach(slot -> slots.put(slot, Optional.empty()));
        }
        if (post != null) {
            post.storage()
                    .forEach((slot, word) -> slots.put(slot, Optional.of(word).filter(w -> !Words.isZero(w))));
        }
        if (post == null || post.saysGone()) {
            value = AccountPart.NONE;
            valueOpen = true;
            slotsOpen = true;
            clear();
            return;
        }
        valueOpen = pre != null && post.leavesCodeOpen(pre);
        value = post.over(pre == null ? AccountPart.NONE : pre.whole());
    }

    /** Whether the diffs leave open what {@link #after} is. */
    boolean isValueOpen() {
        return valueOpen;
    }

    /** Whether the diffs leave open what {@link #slots} are. */
    boolean areSlotsOpen() {
        return slotsOpen;
    }

    /** Takes the value after the block, withdrawals included, from elsewhere. */
    void settle(AccountValue after) {
        value = after;
        settled = true;
    }

    /** Pays a withdrawal, unless the value has it already. */
    void add(BigInteger wei) {
        if (!settled) {
            value = new AccountValue(value.balance().add(wei), value.nonce(), value.codeHash());
        }
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
