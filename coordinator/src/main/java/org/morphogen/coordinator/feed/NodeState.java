package org.morphogen.coordinator.feed;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.morphogen.coordinator.ethereum.CodeHash;
import org.morphogen.failure.MorphogenException;
import org.morphogen.row.AccountValue;
import org.morphogen.row.Bytes32;

/**
 * What a node says of the state after a block, asked for by the block's hash: no other block's is taken for it. Every
 * failure is an UNAVAILABLE. Not thread-safe.
 */
final class NodeState {
    private static final String STILL_THERE =
            " at a block's hash (EIP-1898) and has the state of that block still: follow"
                    + " an archive node, or publish a snapshot of a newer block.";
    private static final String ACCOUNT_ADVICE =
            "Where a trace does not tell what became of an account, a node is needed"
                    + " that serves eth_getBalance, eth_getTransactionCount and eth_getCode" + STILL_THERE;
    private static final String STORAGE_ADVICE =
            "Tables of storage slots need a node that serves eth_getStorageAt" + STILL_THERE;

    private static final int SLOTS_AT_A_TIME = 32;
    private static final int CALLS_FOR_ACCOUNT = 3;
    private static final int ACCOUNTS_AT_A_TIME = 10;

    private static final int NONCE_BITS = 64;

    private final NodeConnection node;

    NodeState(NodeConnection node) {
        this.node = node;
    }

    /**
     * What a block's diffs leave open, and what no diff tells: the slots that system calls write. For slots one exchange
     * of some twenty calls as a rule; for accounts none where no delegated account sent a transaction.
     */
    StateAnswers after(BlockHead head, BlockDiffs diffs, Wanted wanted) throws InterruptedException {
        Map<Address, AccountValue> accounts = accounts(head, diffs.openAccounts());
        return switch (wanted) {
            case ACCOUNTS -> new StateAnswers(accounts, Map.of());
            case ACCOUNTS_AND_SLOTS -> {
                Set<SlotKey> slots =
                        new LinkedHashSet<>(SystemSlots.of(head.block().number(), timestamp(head)));
                slots.addAll(diffs.openSlots());
                yield new StateAnswers(accounts, words(head, List.copyOf(slots)));
            }
        };
    }

    private Map<Address, AccountValue> accounts(BlockHead head, List<Address> addresses) throws InterruptedException {
        Map<Address, AccountValue> values = new HashMap<>();
        for (int from = 0; from < addresses.size(); from += ACCOUNTS_AT_A_TIME) {
            List<Address> part = addresses.subList(from, Math.min(addresses.size(), from + ACCOUNTS_AT_A_TIME));
            List<RpcCall> calls = part.stream()
                    .flatMap(address -> RpcCall.account(head, address).stream())
                    .toList();
            List<String> told = told(head, "account state", ACCOUNT_ADVICE, calls);
            for (int i = 0; i < part.size(); i++) {
                int first = i * CALLS_FOR_ACCOUNT;
                values.put(part.get(i), value(told.get(first), told.get(first + 1), told.get(first + 2)));
            }
        }
        return values;
    }

    private AccountValue value(String balance, String nonce, String code) {
        try {
            BigInteger count = Hex.quantity("nonce", nonce);
            if (count.bitLength() > NONCE_BITS) {
                throw new BadJson("nonce: must be below 2^" + NONCE_BITS);
            }
            return new AccountValue(
                    Hex.quantity("balance", balance), count.longValue(), CodeHash.of(Hex.bytes("code", code)));
        } catch (BadJson | MorphogenException unfit) {
            throw unusable(unfit);
        }
    }

    private Map<SlotKey, Bytes32> words(BlockHead head, List<SlotKey> slots) throws InterruptedException {
        Map<SlotKey, Bytes32> words = new HashMap<>();
        for (int from = 0; from < slots.size(); from += SLOTS_AT_A_TIME) {
            List<SlotKey> part = slots.subList(from, Math.min(slots.size(), from + SLOTS_AT_A_TIME));
            List<RpcCall> calls =
                    part.stream().map(slot -> RpcCall.storage(head, slot)).toList();
            List<String> told = told(head, "storage", STORAGE_ADVICE, calls);
            for (int i = 0; i < part.size(); i++) {
                words.put(part.get(i), word(told.get(i)));
            }
        }
        return words;
    }

    private Bytes32 word(String text) {
        try {
            return Hex.word("storage", text);
        } catch (BadJson unfit) {
            throw unusable(unfit);
        }
    }

    private MorphogenException unusable(Exception unfit) {
        return node.unavailable("sent what cannot be used: " + unfit.getMessage(), unfit);
    }

    private long timestamp(BlockHead head) {
        return head.timestamp()
                .orElseThrow(
                        () -> node.unavailable("sent block " + head.block().number() + " without its timestamp", null));
    }

    /** The answers, each a text; fails where one is none. */
    private List<String> told(BlockHead head, String what, String advice, List<RpcCall> calls)
            throws InterruptedException {
        List<String> told = new ArrayList<>();
        for (RpcAnswer<Optional<String>> answer : node.ask(calls, at -> text(what, at))) {
            told.add(
                    switch (answer) {
                        case RpcAnswer.Refusal<Optional<String>> refusal ->
                            throw lacking(head, what, refusal.explained(), advice);
                        case RpcAnswer.Result<Optional<String>>(Optional<String> text) ->
                            text.orElseThrow(() -> lacking(head, what, "null", advice));
                    });
        }
        return told;
    }

    private static Optional<String> text(String what, JsonParser at) throws IOException {
        return at.currentToken() == JsonToken.VALUE_NULL ? Optional.empty() : Optional.of(Json.text(what, at));
    }

    private MorphogenException lacking(BlockHead head, String what, String answered, String advice) {
        return node.unavailable(
                "answered for " + what + " at block " + head.block().number() + " with " + answered, advice, null);
    }
}
