package org.morphogen.row;

import static org.assertj.core.api.Assertions.assertThat;
import static org.morphogen.failure.FailureReason.PARTY_MISBEHAVES;
import static org.morphogen.failure.FailureReason.REQUEST_INVALID;

import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class BytesNTest {
    private static final long RANDOM_SEED = 20264;

    @Test
    void fieldsLieWhereTheFormatSays() {
        byte[] row = Rows.filled(32 + 2, 0xee);
        new BytesN(32).encode(Rows.TAG, new byte[] {5, 6, 7}, row, 1);
        assertThat(row).isEqualTo(Rows.row("ee", Rows.TAG_HEX, "00000003", "050607", "00".repeat(17), "ee"));
    }

    @Test
    void decodesWhatItEncodesAtEveryLength() {
        Random random = new Random(RANDOM_SEED);
        for (int rowBytes : new int[] {16, 32, 48, 256, 4096}) {
            BytesN schema = new BytesN(rowBytes);
            for (int length = 0; length <= schema.capacityBytes(); length++) {
                byte[] value = new byte[length];
                random.nextBytes(value);
                byte[] row = new byte[rowBytes];
                schema.encode(Rows.TAG, value, row, 0);
                assertThat(schema.decode(row, CodeDictionary.NONE))
                        .as("random seed %d, bytes-%d, %d bytes", RANDOM_SEED, rowBytes, length)
                        .isEqualTo(new BytesValue(value));
            }
        }
    }

    @Test
    void refusesWhatDoesNotFit() {
        BytesN schema = new BytesN(16);
        Rows.assertRefused(REQUEST_INVALID, "value", () -> schema.encode(1, new byte[5], new byte[16], 0));
        Rows.assertRefused(REQUEST_INVALID, "tag", () -> schema.encode(0, new byte[4], new byte[16], 0));
        for (int rowBytes : new int[] {-16, 0, 15, 17, 4095, 4112}) {
            Rows.assertRefused(REQUEST_INVALID, "schema", () -> new BytesN(rowBytes));
        }
    }

    @Test
    void refusesImpossibleRows() {
        BytesN schema = new BytesN(32);
        Rows.assertRefusesWrongLengthsAndEmptyRows(schema);
        for (int length : new int[] {21, 0x01000000, -1, Integer.MIN_VALUE}) {
            byte[] row = Rows.row(Rows.TAG_HEX, String.format("%08x", length), "00".repeat(20));
            Rows.assertRefused(PARTY_MISBEHAVES, "length", () -> schema.decode(row, CodeDictionary.NONE));
        }
        byte[] padded = Rows.row(Rows.TAG_HEX, "00000003", "050607", "00".repeat(17));
        for (int at = 15; at < 32; at++) {
            byte[] row = Arrays.copyOf(padded, 32);
            row[at] = 1;
            Rows.assertRefused(PARTY_MISBEHAVES, "padding", () -> schema.decode(row, CodeDictionary.NONE));
        }
    }
}
