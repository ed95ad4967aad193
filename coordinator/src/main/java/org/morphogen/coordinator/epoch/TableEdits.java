package org.morphogen.coordinator.epoch;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.morphogen.addressing.TableAddressing;
import org.morphogen.coordinator.delta.RowEdit;
import org.morphogen.coordinator.feed.AccountChange;
import org.morphogen.coordinator.feed.BlockChanges;
import org.morphogen.coordinator.feed.Credit;
import org.morphogen.coordinator.feed.SlotChange;
import org.morphogen.row.Account32;
import org.morphogen.row.Account64;
import org.morphogen.row.AccountValue;
import org.morphogen.row.Bytes32;
import org.morphogen.row.BytesN;
import org.morphogen.row.CodeDictionary;
import org.morphogen.row.RowSchema;
import org.morphogen.row.Slot48;
import org.morphogen.row.SlotValue;

/** What a block's changes mean for the rows of one table, whose codes must be those of the block. Has no state. */
final class TableEdits {
    private final RowSchema schema;
    private final TableAddressing addressing;
    private final BlockCodes codes;

    TableEdits(RowSchema schema, TableAddressing addressing, BlockCodes codes) {
        this.schema = schema;
        this.addressing = addressing;
        this.codes = codes;
    }

    /** An edit for each key of the table that the block touches; none for tables that hold no chain state. */
    List<RowEdit> of(BlockChanges block) {
        return switch (schema) {
            case Account32 _, Account64 _ -> accounts(block);
            case Slot48 slot ->
                block.slots().stream().map(change -> slot(slot, change)).toList();
            case BytesN _ -> List.of();
        };
    }

    private List<RowEdit> accounts(BlockChanges block) {
        List<RowEdit> edits = new ArrayList<>();
        for (AccountChange change : block.accounts()) {
            byte[] key = change.address().bytes();
            edits.add(new RowEdit(key, _ -> change.after().map(value -> row(key, value, codeId(value)))));
        }
        for (Credit credit : block.credits()) {
            byte[] key = credit.address().bytes();
            edits.add(new RowEdit(key, current -> Optional.of(credited(key, current, credit.wei()))));
        }
        return edits;
    }

    private byte[] credited(byte[] key, Optional<byte[]> current, BigInteger wei) {
        AccountValue before = current.map(row -> (AccountValue) schema.decode(row, codes.dictionary()))
                .orElse(new AccountValue(BigInteger.ZERO, 0, CodeDictionary.EMPTY_CODE));
        AccountValue after = new AccountValue(before.balance().add(wei), before.nonce(), before.codeHash());
        // Its code may be any of the table's, and keeps its id.
        long codeId = schema instanceof Account32 account
                ? current.map(account::codeId).orElse(0L)
                : 0;
        return row(key, after, codeId);
    }

    private long codeId(AccountValue value) {
        return schema instanceof Account32 ? codes.id(value.codeHash()) : 0;
    }

    /** @param codeId of the value's code; of no meaning where rows hold the code's hash */
    private byte[] row(byte[] key, AccountValue value, long codeId) {
        byte[] row = new byte[schema.rowBytes()];
        long tag = addressing.tag(key);
        switch (schema) {
            case Account32 account -> account.encode(tag, value.balance(), value.nonce(), codeId, row, 0);
            case Account64 account -> account.encode(tag, value, row, 0);
            case Slot48 _, BytesN _ -> throw new IllegalStateException("a table of no accounts");
        }
        return row;
    }

    private RowEdit slot(Slot48 slot, SlotChange change) {
        byte[] key = change.key();
        return new RowEdit(key, _ -> change.after().map(word -> slotRow(slot, key, word)));
    }

    private byte[] slotRow(Slot48 slot, byte[] key, Bytes32 word) {
        byte[] row = new byte[slot.rowBytes()];
        slot.encode(addressing.tag(key), new SlotValue(word), row, 0);
        return row;
    }
}
