package org.morphogen.coordinator.feed;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.morphogen.row.AccountValue;
import org.morphogen.row.CodeDictionary;

/**
 * Writes what a block changed as a line for {@link RecordedFeed}: the whole block as one diff, with code hashes in the
 * place of code, and slots beside it. A diff could not tell slots of accounts that it does not name.
 */
final class ChangesWriter {
    private final JsonGenerator to;
    private final BlockChanges changes;
    private final SortedMap<Address, List<SlotChange>> slots;

    private ChangesWriter(JsonGenerator to, BlockChanges changes) {
        this.to = to;
        this.changes = changes;
        this.slots = changes.slots().stream()
                .collect(Collectors.groupingBy(SlotChange::address, TreeMap::new, Collectors.toList()));
    }

    static void write(JsonGenerator to, BlockChanges changes) throws IOException {
        new ChangesWriter(to, changes).block();
    }

    private void block() throws IOException {
        to.writeStartObject();
        to.writeStringField("number", Hex.ofNumber(changes.block().number()));
        to.writeStringField("hash", changes.block().hash());
        to.writeStringField("parentHash", changes.parentHash());
        to.writeStringField("stateRoot", changes.block().stateRoot());
        withdrawals();
        to.writeArrayFieldStart("diffs");
        to.writeStartObject();
        pre();
        post();
        to.writeEndObject();
        to.writeEndArray();
        slots();
        to.writeEndObject();
    }

    private void withdrawals() throws IOException {
        if (changes.credits().isEmpty()) {
            return;
        }
        to.writeArrayFieldStart("withdrawals");
        for (Credit credit : changes.credits()) {
            to.writeStartObject();
            to.writeStringField("address", credit.address().toString());
            to.writeStringField("amount", quantity(Withdrawal.gwei(credit.wei())));
            to.writeEndObject();
        }
        to.writeEndArray();
    }

    /** Deleted accounts stand on the side before, and only there. */
    private void pre() throws IOException {
        to.writeObjectFieldStart("pre");
        for (AccountChange account : changes.accounts()) {
            if (account.after().isEmpty()) {
                to.writeObjectFieldStart(account.address().toString());
                to.writeEndObject();
            }
        }
        to.writeEndObject();
    }

    /** All others stand on the side after, and only there: so they are told whole. */
    private void post() throws IOException {
        to.writeObjectFieldStart("post");
        for (AccountChange account : changes.accounts()) {
            if (account.after().isPresent()) {
                to.writeObjectFieldStart(account.address().toString());
                value(account.after().get());
                to.writeEndObject();
            }
        }
        to.writeEndObject();
    }

    private void value(AccountValue value) throws IOException {
        to.writeStringField("balance", quantity(value.balance()));
        to.writeStringField("nonce", Hex.ofNumber(value.nonce()));
        if (!value.codeHash().equals(CodeDictionary.EMPTY_CODE)) {
            to.writeStringField("codeHash", value.codeHash().toString());
        }
    }

    private void slots() throws IOException {
        to.writeObjectFieldStart("slots");
        for (Map.Entry<Address, List<SlotChange>> account : slots.entrySet()) {
            to.writeObjectFieldStart(account.getKey().toString());
            for (SlotChange slot : account.getValue()) {
                to.writeStringField(
                        slot.slot().toString(), slot.after().orElse(Words.ZERO).toString());
            }
            to.writeEndObject();
        }
        to.writeEndObject();
    }

    private static String quantity(BigInteger number) {
        return "0x" + number.toString(16);
    }
}
