package org.morphogen.coordinator.feed;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.morphogen.failure.MorphogenException;
import org.morphogen.row.Bytes32;

/**
 * Merges the diffs of a block's transactions, told by prestateTracer with {@code diffMode}, into what the block
 * changed. What the tracer does not tell must be added: slots that system calls wrote, and what the diffs leave open,
 * because nodes tell cleared delegations (EIP-7702) and deleted accounts (EIP-6780) in different ways. Slots of a
 * contract that deleted itself which the same transaction did not touch are lost (possible before the Cancun fork only).
 * Not thread-safe.
 */
final class BlockDiffs {
    private final SortedMap<Address, AccountState> accounts = new TreeMap<>();

    /** Adds the next transaction's diff. */
    void add(TransactionDiff diff) {
        Set<Address> touched = new HashSet<>(diff.pre().keySet());
        touched.addAll(diff.post().keySet());
        for (Address address : touched) {
            accounts.computeIfAbsent(address, a -> new AccountState())
                    .apply(diff.pre().get(address), diff.post().get(address));
        }
    }

    /** Accounts whose values after the block the diffs leave open, in order. */
    List<Address> openAccounts() {
        List<Address> open = new ArrayList<>();
        accounts.forEach((address, state) -> {
            if (state.isValueOpen()) {
                open.add(address);
            }
        });
        return open;
    }

    /** Slots whose words after the block the diffs leave open, in order. */
    List<SlotKey> openSlots() {
        List<SlotKey> open = new ArrayList<>();
        accounts.forEach((address, state) -> {
            if (state.areSlotsOpen()) {
                state.slots().keySet().forEach(slot -> open.add(new SlotKey(address, slot)));
            }
        });
        return open;
    }

    /** What the block changed, its withdrawals included; ends the merging. */
    BlockChanges changes(BlockHead head, StateAnswers known) throws BadJson {
        known.accounts()
                .forEach((address, value) -> accounts.computeIfAbsent(address, a -> new AccountState())
                        .settle(value));
        List<Credit> credits = credits(head.withdrawals());
        List<AccountChange> changed = new ArrayList<>();
        SortedMap<SlotKey, Optional<Bytes32>> slots = new TreeMap<>();
        accounts.forEach((address, state) -> {
            changed.add(new AccountChange(address, state.after()));
            state.slots().forEach((slot, word) -> slots.put(new SlotKey(address, slot), word));
        });
        known.words().forEach((slot, word) -> slots.put(slot, Optional.of(word).filter(w -> !Words.isZero(w))));
        return new BlockChanges(head.block(), head.parentHash(), changed, inOrder(slots), credits);
    }

    private static List<SlotChange> inOrder(SortedMap<SlotKey, Optional<Bytes32>> slots) {
        return slots.entrySet().stream()
                .map(slot ->
                        new SlotChange(slot.getKey().address(), slot.getKey().slot(), slot.getValue()))
                .toList();
    }

    /** Adds the withdrawals to the accounts whose balance is known; gives the others. */
    private List<Credit> credits(List<Withdrawal> withdrawals) throws BadJson {
        List<Credit> credits = new ArrayList<>();
        for (Map.Entry<Address, BigInteger> sum : sums(withdrawals).entrySet()) {
            @Nullable AccountState state = accounts.get(sum.getKey());
            if (state != null) {
                add(state, sum.getValue());
            } else if (sum.getValue().signum() > 0) {
                credits.add(new Credit(sum.getKey(), sum.getValue()));
            }
        }
        return credits;
    }

    private static void add(AccountState state, BigInteger wei) throws BadJson {
        try {
            state.add(wei);
        } catch (MorphogenException unfit) {
            throw new BadJson("withdrawals", unfit);
        }
    }

    private static Map<Address, BigInteger> sums(List<Withdrawal> withdrawals) {
        Map<Address, BigInteger> sums = new TreeMap<>();
        withdrawals.forEach(w -> sums.merge(w.address(), w.wei(), BigInteger::add));
        return sums;
    }
}
