package org.morphogen.coordinator.feed;

import java.util.List;

/** What of a block's changes is asked for. */
public enum Wanted {
    /** Accounts and credits. Slots are left out, all of them: some alone would look like the whole. */
    ACCOUNTS,
    /** All there is: storage slots too, with those that system calls wrote. Costs a node one exchange a block more. */
    ACCOUNTS_AND_SLOTS;

    /** That part of a block's changes. */
    BlockChanges of(BlockChanges all) {
        return switch (this) {
            case ACCOUNTS -> new BlockChanges(all.block(), all.parentHash(), all.accounts(), List.of(), all.credits());
            case ACCOUNTS_AND_SLOTS -> all;
        };
    }
}
