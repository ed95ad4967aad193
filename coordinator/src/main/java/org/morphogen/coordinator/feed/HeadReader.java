package org.morphogen.coordinator.feed;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.morphogen.snapshot.BlockInfo;

/** Reads a block's head, field by field, from a node's block or a recorded line. Not thread-safe. */
final class HeadReader {
    private static final int MAX_ENTRIES = 1 << 20;
    private static final int GWEI_BITS = 64;
    /** Root of a list without entries. */
    private static final String EMPTY_ROOT = "0x56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421";

    private final JsonParser at;
    private @Nullable Long number;
    private @Nullable String hash;
    private @Nullable String parentHash;
    private @Nullable String stateRoot;
    private OptionalLong timestamp = OptionalLong.empty();
    private @Nullable String withdrawalsRoot;
    private boolean tellsTransactions;
    private final List<String> transactions = new ArrayList<>();
    private final List<Withdrawal> withdrawals = new ArrayList<>();

    HeadReader(JsonParser at) {
        this.at = at;
    }

    /** A node's answer to eth_getBlockByNumber; empty if it has no such block. */
    static Optional<BlockHead> ofNode(JsonParser at) throws IOException {
        if (at.currentToken() == JsonToken.VALUE_NULL) {
            return Optional.empty();
        }
        HeadReader reader = new HeadReader(at);
        Json.object("block", at, reader::readOfNode);
        BlockHead head = reader.head();
        reader.requireWhole();
        return Optional.of(head);
    }

    private void readOfNode(String name) throws IOException {
        switch (name) {
            case "timestamp" -> timestamp = OptionalLong.of(Hex.number(name, Json.text(name, at)));
            case "withdrawalsRoot" -> {
                if (at.currentToken() != JsonToken.VALUE_NULL) {
                    withdrawalsRoot = Hex.hash(name, Json.text(name, at));
                }
            }
            default -> read(name);
        }
    }

    /** What a node left out must not pass for a block that has none. */
    private void requireWhole() throws BadJson {
        if (!tellsTransactions) {
            throw new BadJson("transactions: is missing");
        }
        if (withdrawalsRoot != null && withdrawals.isEmpty() != withdrawalsRoot.equals(EMPTY_ROOT)) {
            throw new BadJson("withdrawals: are not those that withdrawalsRoot tells");
        }
    }

    /** Takes a field, if it is one of the head's, or passes over it. */
    void read(String name) throws IOException {
        switch (name) {
            case "number" -> number = Hex.number(name, Json.text(name, at));
            case "hash" -> hash = Hex.hash(name, Json.text(name, at));
            case "parentHash" -> parentHash = Hex.hash(name, Json.text(name, at));
            case "stateRoot" -> stateRoot = Hex.hash(name, Json.text(name, at));
            case "transactions" -> {
                Json.array(name, at, () -> bounded(name, transactions).add(Hex.hash(name, Json.text(name, at))));
                tellsTransactions = true;
            }
            case "withdrawals" -> withdrawals();
            default -> at.skipChildren();
        }
    }

    /** Whether all is there that tells where in the chain the block stands. */
    boolean knowsPlace() {
        return number != null && hash != null && parentHash != null && stateRoot != null;
    }

    BlockHead head() throws BadJson {
        BlockInfo block =
                new BlockInfo(required("number", number), required("hash", hash), required("stateRoot", stateRoot));
        return new BlockHead(block, required("parentHash", parentHash), timestamp, transactions, withdrawals);
    }

    private void withdrawals() throws IOException {
        if (at.currentToken() == JsonToken.VALUE_NULL) {
            return;
        }
        Json.array("withdrawals", at, () -> {
            WithdrawalFields fields = new WithdrawalFields();
            Json.object("withdrawals", at, fields::read);
            bounded("withdrawals", withdrawals).add(fields.withdrawal());
        });
    }

    private final class WithdrawalFields {
        private @Nullable Address address;
        private @Nullable BigInteger gwei;

        void read(String name) throws IOException {
            String place = "withdrawals." + name;
            switch (name) {
                case "address" -> address = Hex.address(place, Json.text(place, at));
                case "amount" -> gwei = Hex.quantity(place, Json.text(place, at));
                default -> at.skipChildren();
            }
        }

        Withdrawal withdrawal() throws BadJson {
            BigInteger amount = required("withdrawals.amount", gwei);
            if (amount.bitLength() > GWEI_BITS) {
                throw new BadJson("withdrawals.amount: must be below 2^64");
            }
            return Withdrawal.ofGwei(required("withdrawals.address", address), amount);
        }
    }

    private static <T> List<T> bounded(String name, List<T> list) throws BadJson {
        if (list.size() == MAX_ENTRIES) {
            throw new BadJson(name + ": more than " + MAX_ENTRIES);
        }
        return list;
    }

    private static <T> T required(String name, @Nullable T value) throws BadJson {
        if (value == null) {
            throw new BadJson(name + ": is missing");
        }
        return value;
    }
}
