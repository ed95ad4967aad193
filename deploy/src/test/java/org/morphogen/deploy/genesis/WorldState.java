package org.morphogen.deploy.genesis;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.morphogen.coordinator.feed.BlockChanges;
import org.morphogen.row.AccountValue;
import org.morphogen.row.Bytes32;
import org.morphogen.row.CodeDictionary;

/** Accounts and storage in plain maps, and the state root that follows from them (yellow paper, section 4.1). */
public final class WorldState {
    private final Map<String, AccountValue> accounts = new TreeMap<>();
    private final Map<String, Map<Bytes32, Bytes32>> slots = new TreeMap<>();

    /** Accounts without nonce and code. */
    public static WorldState of(Map<String, BigInteger> balances) {
        WorldState state = new WorldState();
        balances.forEach((address, balance) ->
                state.accounts.put(address, new AccountValue(balance, 0, CodeDictionary.EMPTY_CODE)));
        return state;
    }

    /** Goes on by a block. */
    public void apply(BlockChanges block) {
        block.accounts().forEach(change -> set(change.address().toString(), change.after()));
        block.credits().forEach(credit -> {
            AccountValue before = accounts.getOrDefault(
                    credit.address().toString(), new AccountValue(BigInteger.ZERO, 0, CodeDictionary.EMPTY_CODE));
            BigInteger balance = before.balance().add(credit.wei());
            accounts.put(credit.address().toString(), new AccountValue(balance, before.nonce(), before.codeHash()));
        });
        block.slots().forEach(change -> {
            Map<Bytes32, Bytes32> words = slots.computeIfAbsent(change.address().toString(), _ -> new HashMap<>());
            change.after().ifPresentOrElse(word -> words.put(change.slot(), word), () -> words.remove(change.slot()));
        });
    }

    private void set(String address, Optional<AccountValue> after) {
        after.ifPresentOrElse(value -> accounts.put(address, value), () -> accounts.remove(address));
    }

    /** By address, 0x and 40 lower-case hex digits. */
    public Map<String, AccountValue> accounts() {
        return accounts;
    }

    /** By address, then slot; no zeros. */
    public Map<String, Map<Bytes32, Bytes32>> slots() {
        return slots;
    }

    /** The hash that an account has for its code. */
    public static Bytes32 codeHash(byte[] code) {
        return Bytes32.of(MerklePatricia.keccak256(code));
    }

    /** The root of the state trie, 0x and 64 hex digits. */
    public String stateRoot() {
        Map<String, Bytes32> storageRoots = new TreeMap<>();
        slots.forEach((address, words) -> storageRoots.put(address, storageRoot(words)));
        return stateRoot(accounts, storageRoots);
    }

    /**
     * The same of accounts whose storage is known by its root alone.
     *
     * @param storageRoots of accounts that have storage
     */
    public static String stateRoot(Map<String, AccountValue> accounts, Map<String, Bytes32> storageRoots) {
        SortedMap<String, byte[]> leaves = new TreeMap<>();
        Bytes32 none = storageRoot(Map.of());
        accounts.forEach((address, value) -> leaves.put(
                hashed(HexFormat.of().parseHex(address.substring(2))),
                leaf(value, storageRoots.getOrDefault(address, none))));
        return "0x" + HexFormat.of().formatHex(MerklePatricia.root(leaves));
    }

    private static Bytes32 storageRoot(Map<Bytes32, Bytes32> words) {
        SortedMap<String, byte[]> leaves = new TreeMap<>();
        words.forEach((slot, word) -> leaves.put(hashed(slot.bytes()), Rlp.string(number(word.bytes()))));
        return Bytes32.of(MerklePatricia.root(leaves));
    }

    private static byte[] leaf(AccountValue value, Bytes32 storageRoot) {
        return Rlp.list(List.of(
                Rlp.string(number(BigInteger.valueOf(value.nonce()).toByteArray())),
                Rlp.string(number(value.balance().toByteArray())),
                Rlp.string(storageRoot.bytes()),
                Rlp.string(value.codeHash().bytes())));
    }

    private static String hashed(byte[] key) {
        return HexFormat.of().formatHex(MerklePatricia.keccak256(key));
    }

    /** Big endian, without zeros before it. */
    private static byte[] number(byte[] bytes) {
        int from = 0;
        while (from < bytes.length && bytes[from] == 0) {
            from++;
        }
        return Arrays.copyOfRange(bytes, from, bytes.length);
    }
}
