package org.morphogen.coordinator.feed;

import java.util.Map;
import org.morphogen.row.AccountValue;
import org.morphogen.row.Bytes32;

/**
 * What is known of the state after a block from elsewhere than its diffs. It is right, whatever the diffs say.
 *
 * @param accounts their values, withdrawals included; an account that is not there has an empty value
 * @param words in slots, zero where nothing is
 */
record StateAnswers(Map<Address, AccountValue> accounts, Map<SlotKey, Bytes32> words) {
    StateAnswers {
        accounts = Map.copyOf(accounts);
        words = Map.copyOf(words);
    }
}
