package org.morphogen.coordinator.feed;

import java.util.List;
import java.util.OptionalLong;
import org.morphogen.snapshot.BlockInfo;

/**
 * A block without what it changed.
 *
 * @param timestamp in seconds; told by nodes alone
 * @param transactions their hashes, in order
 */
record BlockHead(
        BlockInfo block,
        String parentHash,
        OptionalLong timestamp,
        List<String> transactions,
        List<Withdrawal> withdrawals) {
    BlockHead {
        transactions = List.copyOf(transactions);
        withdrawals = List.copyOf(withdrawals);
    }

    boolean isChildOf(BlockInfo parent) {
        return parentHash.equals(parent.hash()) && block.number() == parent.number() + 1;
    }
}
