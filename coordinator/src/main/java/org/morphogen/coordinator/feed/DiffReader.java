package org.morphogen.coordinator.feed;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.math.BigInteger;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.morphogen.coordinator.ethereum.Excerpt;
import org.morphogen.row.Bytes32;

/** Reads the diffs of a block's transactions, which may name {@value #MAX_ENTRIES} accounts and slots in all. */
final class DiffReader {
    /** Some twenty times of what the largest blocks hold; keeps a hostile reply out of the heap. */
    static final int MAX_ENTRIES = 1 << 20;

    private static final int BALANCE_BITS = 128;
    private static final int NONCE_BITS = 64;

    private final JsonParser at;
    private int entries;

    /** Reads from there on; one reader a block. */
    DiffReader(JsonParser at) {
        this.at = at;
    }

    /** One transaction's element of a trace: {@code {pre, post}} or {@code {result: {pre, post}, txHash}}. */
    Element element(String place) throws IOException {
        count();
        Element element = new Element(place);
        Json.object(place, at, element::read);
        return element;
    }

    /** What stands in an element; its fields may come in any order. */
    final class Element {
        private final String place;
        private @Nullable Map<Address, AccountPart> pre;
        private @Nullable Map<Address, AccountPart> post;
        private @Nullable String txHash;

        private Element(String place) {
            this.place = place;
        }

        /** The transaction's hash, where the node tells it. */
        Optional<String> hash() {
            return Optional.ofNullable(txHash);
        }

        TransactionDiff diff() throws BadJson {
            if (pre == null || post == null) {
                throw new BadJson(place + ": lacks pre or post; the tracer must be prestateTracer with diffMode");
            }
            return new TransactionDiff(pre, post);
        }

        private void read(String name) throws IOException {
            switch (name) {
                case "result" -> Json.object(place, at, this::read);
                case "pre" -> {
                    Json.once(place + ".pre", pre != null);
                    pre = side(place + ".pre");
                }
                case "post" -> {
                    Json.once(place + ".post", post != null);
                    post = side(place + ".post");
                }
                case "txHash" -> txHash = Hex.hash(place, Json.text(place, at));
                case "error" -> failed();
                default -> at.skipChildren();
            }
        }

        private void failed() throws IOException {
            if (at.currentToken() != JsonToken.VALUE_NULL) {
                throw new BadJson(place + ": could not be traced: " + Excerpt.of(Json.text(place, at)));
            }
        }
    }

    private Map<Address, AccountPart> side(String side) throws IOException {
        Map<Address, AccountPart> accounts = new HashMap<>();
        Json.object(side, at, name -> {
            Address address = Hex.address(side, name);
            String place = side + "." + address;
            Json.once(place, accounts.put(address, account(place)) != null);
            count();
        });
        return accounts;
    }

    private AccountPart account(String place) throws IOException {
        Fields fields = new Fields(place);
        Json.object(place, at, fields::read);
        return fields.part();
    }

    private void count() throws BadJson {
        if (++entries > MAX_ENTRIES) {
            throw new BadJson("diffs: more than " + MAX_ENTRIES + " accounts and slots in one block");
        }
    }

    /** The fields of one account. */
    private final class Fields {
        private final String place;
        private @Nullable BigInteger balance;
        private @Nullable Long nonce;
        private @Nullable CodePart code;
        private @Nullable Bytes32 codeHash;
        private final Map<Bytes32, Bytes32> storage = new HashMap<>();

        Fields(String place) {
            this.place = place;
        }

        void read(String name) throws IOException {
            String here = place + "." + name;
            switch (name) {
                case "balance" -> balance = number(here, BALANCE_BITS);
                case "nonce" -> nonce = number(here, NONCE_BITS).longValue();
                case "code" -> code = CodePart.of(Hex.bytes(here, Json.text(here, at)));
                case "codeHash" -> codeHash = Hex.word(here, Json.text(here, at));
                case "storage" -> storage(here);
                default -> at.skipChildren();
            }
        }

        AccountPart part() throws BadJson {
            return new AccountPart(Optional.ofNullable(balance), Optional.ofNullable(nonce), codePart(), storage);
        }

        private Optional<CodePart> codePart() throws BadJson {
            if (codeHash == null || code == null) {
                return Optional.ofNullable(codeHash).map(CodePart::ofHash).or(() -> Optional.ofNullable(code));
            }
            if (!code.hash().equals(codeHash) && !Words.isZero(codeHash)) {
                throw new BadJson(place + ": codeHash is not that of code");
            }
            return Optional.of(new CodePart(codeHash, code.mayDelegate()));
        }

        private void storage(String here) throws IOException {
            Json.object(here, at, name -> {
                Bytes32 word = Hex.word(here, Json.text(here, at));
                Json.once(here + "." + Excerpt.of(name), storage.put(Hex.word(here, name), word) != null);
                count();
            });
        }
    }

    /** A number in hex, or plain: nodes do not agree on how to write a nonce. */
    private BigInteger number(String place, int bits) throws IOException {
        BigInteger number = at.currentToken() == JsonToken.VALUE_NUMBER_INT
                ? at.getBigIntegerValue()
                : Hex.quantity(place, Json.text(place, at));
        if (number.signum() < 0 || number.bitLength() > bits) {
            throw new BadJson(place + ": must be 0 or more and below 2^" + bits);
        }
        return number;
    }
}
