package org.morphogen.coordinator.feed;

import java.util.Comparator;
import java.util.List;
import org.morphogen.snapshot.BlockInfo;

/**
 * A block and what it changed. Nothing stands twice: an account is in one of {@code accounts} and {@code credits} at
 * most. Accounts of which only the storage changed are not in {@code accounts}.
 *
 * @param parentHash in the form of {@link BlockInfo#hash}
 * @param accounts ordered by address
 * @param slots ordered by address, then slot; none where accounts alone were {@link Wanted}
 * @param credits ordered by address
 */
public record BlockChanges(
        BlockInfo block,
        String parentHash,
        List<AccountChange> accounts,
        List<SlotChange> slots,
        List<Credit> credits) {
    /** Copies the lists and checks their order. */
    public BlockChanges {
        new BlockInfo(block.number(), parentHash, block.stateRoot());
        accounts = List.copyOf(accounts);
        slots = List.copyOf(slots);
        credits = List.copyOf(credits);
        checkOrder("accounts", accounts, Comparator.comparing(AccountChange::address));
        checkOrder("slots", slots, Comparator.comparing(slot -> new SlotKey(slot.address(), slot.slot())));
        checkOrder("credits", credits, Comparator.comparing(Credit::address));
    }

    /** Whether this block stands right upon that one. */
    public boolean isChildOf(BlockInfo parent) {
        return parentHash.equals(parent.hash()) && block.number() == parent.number() + 1;
    }

    private static <T> void checkOrder(String name, List<T> list, Comparator<T> order) {
        for (int i = 1; i < list.size(); i++) {
            if (order.compare(list.get(i - 1), list.get(i)) >= 0) {
                throw new IllegalArgumentException(name + ": not in order, or something stands twice");
            }
        }
    }
}
