package org.morphogen.coordinator.feed;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.morphogen.row.AccountValue;
import org.morphogen.row.Bytes32;
import org.morphogen.row.CodeDictionary;
import org.morphogen.snapshot.BlockInfo;

/** A state that follows a feed: what the leader does with its tables, with maps. */
final class Replay {
    private static final AccountValue NONE = new AccountValue(BigInteger.ZERO, 0, CodeDictionary.EMPTY_CODE);

    private final List<State> states = new ArrayList<>();

    private record State(BlockInfo block, Map<Address, AccountValue> accounts, Map<SlotKey, Bytes32> slots) {}

    private record SlotKey(Address address, Bytes32 slot) {}

    Replay(BlockInfo base, Map<Address, AccountValue> accounts) {
        states.add(new State(base, Map.copyOf(accounts), Map.of()));
    }

    List<BlockInfo> applied() {
        return states.stream().map(State::block).toList();
    }

    /** Does a step; false if there is nothing to do. */
    boolean take(FeedStep step) {
        switch (step) {
            case FeedStep.Append(BlockChanges changes) -> states.add(after(states.getLast(), changes));
            case FeedStep.Undo(BlockInfo to) ->
                states.subList(applied().indexOf(to) + 1, states.size()).clear();
            case FeedStep.TooDeep(String why) -> throw new AssertionError(why);
            case FeedStep.Nothing _ -> {
                return false;
            }
        }
        return true;
    }

    /** An account of the newest state; an empty one if it is not there. */
    AccountValue account(Address address) {
        return states.getLast().accounts().getOrDefault(address, NONE);
    }

    Bytes32 slot(Address address, Bytes32 slot) {
        return states.getLast().slots().getOrDefault(new SlotKey(address, slot), Words.ZERO);
    }

    boolean isThere(Address address) {
        return states.getLast().accounts().containsKey(address);
    }

    private static State after(State state, BlockChanges changes) {
        if (!changes.isChildOf(state.block())) {
            throw new AssertionError(changes.block() + " does not stand upon " + state.block());
        }
        Map<Address, AccountValue> accounts = new HashMap<>(state.accounts());
        changes.accounts().forEach(a -> put(accounts, a.address(), a.after()));
        changes.credits()
                .forEach(c -> accounts.merge(
                        c.address(),
                        new AccountValue(c.wei(), 0, CodeDictionary.EMPTY_CODE),
                        (old, sum) -> new AccountValue(old.balance().add(sum.balance()), old.nonce(), old.codeHash())));
        Map<SlotKey, Bytes32> slots = new HashMap<>(state.slots());
        changes.slots().forEach(s -> put(slots, new SlotKey(s.address(), s.slot()), s.after()));
        return new State(changes.block(), accounts, slots);
    }

    private static <K, V> void put(Map<K, V> map, K key, Optional<V> value) {
        value.ifPresentOrElse(v -> map.put(key, v), () -> map.remove(key));
    }
}
