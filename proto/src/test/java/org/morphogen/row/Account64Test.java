package org.morphogen.row;

import static org.assertj.core.api.Assertions.assertThat;
import static org.morphogen.failure.FailureReason.REQUEST_INVALID;

import java.math.BigInteger;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class Account64Test {
    private static final long RANDOM_SEED = 20263;
    private static final Account64 SCHEMA = new Account64();
    private static final BigInteger MAX_BALANCE = BigInteger.TWO.pow(128).subtract(BigInteger.ONE);

    @Test
    void fieldsLieWhereTheFormatSays() {
        byte[] row = Rows.filled(64 + 2, 0xee);
        AccountValue value =
                new AccountValue(BigInteger.valueOf(0x0102), 0x1112131415161718L, Bytes32.of(Rows.filled(32, 0xcc)));
        SCHEMA.encode(Rows.TAG, value, row, 1);
        assertThat(row)
                .isEqualTo(Rows.row(
                        "ee",
                        Rows.TAG_HEX,
                        "1112131415161718",
                        "00000000000000000000000000000102",
                        "cc".repeat(32),
                        "ee"));
    }

    @Test
    void decodesWhatItEncodes() {
        Random random = new Random(RANDOM_SEED);
        for (int i = 0; i < 500; i++) {
            byte[] hash = new byte[32];
            random.nextBytes(hash);
            AccountValue value =
                    new AccountValue(new BigInteger(random.nextInt(129), random), random.nextLong(), Bytes32.of(hash));
            assertRoundTrip(value, "random seed " + RANDOM_SEED + ", case " + i);
        }
        assertRoundTrip(new AccountValue(MAX_BALANCE, -1, CodeDictionary.EMPTY_CODE), "greatest balance and nonce");
    }

    @Test
    void refusesWhatDoesNotFit() {
        Bytes32 hash = CodeDictionary.EMPTY_CODE;
        AccountValue fine = new AccountValue(BigInteger.ONE, 0, hash);
        Rows.assertRefused(REQUEST_INVALID, "tag", () -> SCHEMA.encode(0, fine, new byte[64], 0));
        Rows.assertRefused(
                REQUEST_INVALID, "balance", () -> new AccountValue(MAX_BALANCE.add(BigInteger.ONE), 0, hash));
        Rows.assertRefused(REQUEST_INVALID, "balance", () -> new AccountValue(BigInteger.ONE.negate(), 0, hash));
    }

    @Test
    void refusesImpossibleRows() {
        Rows.assertRefusesWrongLengthsAndEmptyRows(SCHEMA);
    }

    private static void assertRoundTrip(AccountValue value, String description) {
        byte[] row = new byte[64];
        SCHEMA.encode(Rows.TAG, value, row, 0);
        assertThat(SCHEMA.decode(row, CodeDictionary.NONE)).as(description).isEqualTo(value);
    }
}
