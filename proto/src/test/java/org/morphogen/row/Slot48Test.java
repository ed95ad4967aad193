package org.morphogen.row;

import static org.assertj.core.api.Assertions.assertThat;
import static org.morphogen.failure.FailureReason.PARTY_MISBEHAVES;
import static org.morphogen.failure.FailureReason.REQUEST_INVALID;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class Slot48Test {
    private static final Slot48 SCHEMA = new Slot48();
    private static final SlotValue VALUE = new SlotValue(Bytes32.of(Rows.filled(32, 0xcc)));

    @Test
    void fieldsLieWhereTheFormatSays() {
        byte[] row = Rows.filled(48 + 2, 0xee);
        SCHEMA.encode(Rows.TAG, VALUE, row, 1);
        assertThat(row).isEqualTo(Rows.row("ee", Rows.TAG_HEX, "cc".repeat(32), "00".repeat(8), "ee"));
    }

    @Test
    void decodesWhatItEncodes() {
        byte[] row = new byte[48];
        SCHEMA.encode(Rows.TAG, VALUE, row, 0);
        assertThat(SCHEMA.decode(row, CodeDictionary.NONE)).isEqualTo(VALUE);
    }

    @Test
    void refusesTagZero() {
        Rows.assertRefused(REQUEST_INVALID, "tag", () -> SCHEMA.encode(0, VALUE, new byte[48], 0));
    }

    @Test
    void refusesImpossibleRows() {
        Rows.assertRefusesWrongLengthsAndEmptyRows(SCHEMA);
        for (int spare = 40; spare < 48; spare++) {
            byte[] row = new byte[48];
            SCHEMA.encode(Rows.TAG, VALUE, row, 0);
            row[spare] = (byte) 0x80;
            Rows.assertRefused(PARTY_MISBEHAVES, "spare", () -> SCHEMA.decode(row, CodeDictionary.NONE));
        }
    }
}
