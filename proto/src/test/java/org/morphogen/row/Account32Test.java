package org.morphogen.row;

import static org.assertj.core.api.Assertions.assertThat;
import static org.morphogen.failure.FailureReason.PARTY_MISBEHAVES;
import static org.morphogen.failure.FailureReason.REQUEST_INVALID;

import java.math.BigInteger;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class Account32Test {
    private static final long RANDOM_SEED = 20262;
    private static final Account32 SCHEMA = new Account32();
    private static final BigInteger MAX_BALANCE = BigInteger.TWO.pow(96).subtract(BigInteger.ONE);

    @Test
    void fieldsLieWhereTheFormatSays() {
        byte[] row = Rows.filled(32 + 5, 0xee);
        SCHEMA.encode(Rows.TAG, BigInteger.valueOf(0x0102), 0x1112131415161718L, 0x21222324L, row, 3);
        assertThat(row)
                .isEqualTo(Rows.row(
                        "eeeeee", Rows.TAG_HEX, "000000000000000000000102", "1112131415161718", "21222324", "eeee"));
    }

    @Test
    void decodesWhatItEncodes() {
        Random random = new Random(RANDOM_SEED);
        Bytes32 other = Bytes32.of(Rows.filled(32, 7));
        byte[] entries = new byte[64];
        CodeDictionary.EMPTY_CODE.write(entries, 0);
        other.write(entries, 32);
        CodeDictionary dictionary = CodeDictionary.parse(entries);
        for (int i = 0; i < 500; i++) {
            BigInteger balance = new BigInteger(random.nextInt(97), random);
            long nonce = random.nextLong();
            byte[] row = new byte[32];
            SCHEMA.encode(random.nextLong() | 1, balance, nonce, i % 2, row, 0);
            assertThat(SCHEMA.decode(row, dictionary))
                    .as("random seed %d, case %d", RANDOM_SEED, i)
                    .isEqualTo(new AccountValue(balance, nonce, i % 2 == 0 ? CodeDictionary.EMPTY_CODE : other));
        }
    }

    @Test
    void takesTheExtremes() {
        byte[] row = new byte[32];
        SCHEMA.encode(-1, MAX_BALANCE, -1, Account32.MAX_CODE_ID, row, 0);
        assertThat(row).isEqualTo(Rows.filled(32, 0xff));
        assertThat(SCHEMA.codeId(row)).isEqualTo(0xffffffffL);
    }

    @Test
    void refusesWhatDoesNotFitAndLeavesTheRowAlone() {
        byte[] row = new byte[32];
        BigInteger one = BigInteger.ONE;
        Rows.assertRefused(REQUEST_INVALID, "balance", () -> SCHEMA.encode(1, one.negate(), 0, 0, row, 0));
        Rows.assertRefused(REQUEST_INVALID, "balance", () -> SCHEMA.encode(1, MAX_BALANCE.add(one), 0, 0, row, 0));
        Rows.assertRefused(REQUEST_INVALID, "code id", () -> SCHEMA.encode(1, one, 0, -1, row, 0));
        Rows.assertRefused(REQUEST_INVALID, "code id", () -> SCHEMA.encode(1, one, 0, 1L << 32, row, 0));
        Rows.assertRefused(REQUEST_INVALID, "tag", () -> SCHEMA.encode(0, one, 0, 0, row, 0));
        assertThat(row).containsOnly(0);
    }

    @Test
    void refusesImpossibleRows() {
        Rows.assertRefusesWrongLengthsAndEmptyRows(SCHEMA);
        byte[] row = new byte[32];
        SCHEMA.encode(1, BigInteger.ONE, 0, 1, row, 0);
        Rows.assertRefused(PARTY_MISBEHAVES, "code id", () -> SCHEMA.decode(row, CodeDictionary.NONE));
        SCHEMA.encode(1, BigInteger.ONE, 0, Account32.MAX_CODE_ID, row, 0);
        Rows.assertRefused(PARTY_MISBEHAVES, "code id", () -> SCHEMA.decode(row, CodeDictionary.NONE));
    }
}
