package org.morphogen.coordinator.building.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.util.HexFormat;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.morphogen.row.AccountValue;
import org.morphogen.row.Bytes32;
import org.morphogen.row.BytesValue;
import org.morphogen.row.CodeDictionary;
import org.morphogen.row.RowSchema;
import org.morphogen.row.SlotValue;

@Timeout(value = 10, unit = TimeUnit.SECONDS)
class EntryEncoderTest {
    private static final String ADDRESS = "00112233445566778899AaBbCcDdEeFf00112233";
    private static final String HASH = "12".repeat(32);

    @ParameterizedTest
    @CsvSource({"5, 5", "0x5, 5", "0xfF, 255", "0, 0", "79228162514264337593543950335, 79228162514264337593543950335"})
    void balancesAreDecimalOrPrefixedHex(String text, BigInteger balance) {
        AccountValue account = (AccountValue) decoded("account-32", "address=0x" + ADDRESS, "balance=" + text);
        assertThat(account).isEqualTo(new AccountValue(balance, 0, CodeDictionary.EMPTY_CODE));
    }

    @Test
    void accountsOfBothWidthsKeepAllFields() {
        AccountValue expected = new AccountValue(BigInteger.ONE, -1, Bytes32.parse(HASH));
        String[] fields = {"address=" + ADDRESS, "balance=1", "nonce=18446744073709551615", "code_hash=" + HASH};

        assertThat(decoded("account-32", fields)).isEqualTo(expected);
        assertThat(decoded("account-64", fields)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"0x0, 00", "0x1, 01", "0x001, 01", "0xFfF, 0fff"})
    void wordsArePaddedOnTheLeft(String text, String tail) {
        SlotValue slot = (SlotValue) decoded("slot-48", "address=" + ADDRESS, "slot=" + text, "value=" + text);
        assertThat(slot.value().hex()).isEqualTo("0".repeat(64 - tail.length()) + tail);
    }

    @Test
    void keysAreAddressesSlotsAndBytes() {
        String lower = ADDRESS.toLowerCase(Locale.ROOT);
        assertThat(key("account-32", "address=0X" + ADDRESS, "balance=0")).isEqualTo(lower);
        assertThat(key("slot-48", "address=" + ADDRESS, "slot=" + HASH, "value=0x0"))
                .isEqualTo(lower + HASH);
        assertThat(key("bytes-32", "key=0x0102", "value=")).isEqualTo("0102");
    }

    @Test
    void plainBytesMayBeEmptyOrFillTheRow() {
        assertThat(decoded("bytes-32", "key=01", "value=")).isEqualTo(new BytesValue(new byte[0]));
        assertThat(decoded("bytes-32", "key=01", "value=" + "ff".repeat(20)))
                .isEqualTo(new BytesValue(HexFormat.of().parseHex("ff".repeat(20))));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "account-32 | balance=1 | address: is missing",
                "account-32 | address= balance=1 | address: is empty",
                "account-32 | address=0x12 balance=1 | address: is not 40 hex digits",
                "account-32 | address=0x00112233445566778899aabbccddeeff0011223g balance=1 | address: is not 40 hex",
                "account-32 | address=@ | balance: is missing",
                "account-32 | address=@ balance= | balance: is empty",
                "account-32 | address=@ balance=-1 | balance: is neither",
                "account-32 | address=@ balance=1e3 | balance: is neither",
                "account-32 | address=@ balance=0x | balance: is not 0x",
                "account-32 | address=@ balance=0xg | balance: is not 0x",
                "account-32 | address=@ balance=79228162514264337593543950336 | balance: must be below 2^96",
                "account-64 | address=@ balance=0x100000000000000000000000000000000 | balance: must be below 2^128",
                "account-64 | address=@ balance=1 nonce=0x10000000000000000 | nonce: must be below 2^64",
                "account-64 | address=@ balance=1 nonce=x | nonce: is neither",
                "account-64 | address=@ balance=1 code_hash=0x12 | code_hash: is not 64 hex digits",
                "slot-48 | address=@ slot=12 value=0x1 | slot: is not 64 hex digits",
                "slot-48 | address=@ slot=0x1 value=12 | value: is not 64 hex digits",
                "slot-48 | address=@ slot=0x1 | value: is missing",
                "slot-48 | address=@ value=0x1 | slot: is missing",
                "bytes-16 | key=01 value=0102030405 | value: bytes-16 holds 4 bytes, not 5",
                "bytes-16 | key= value=01 | key: bytes-16 takes 1 to 64 bytes, not 0",
                "bytes-16 | key=012 value=01 | key: is not an even number of hex digits",
                "bytes-16 | key=01 | value: is missing",
            })
    void refusesAndNamesTheField(String schema, String fields, String reason) {
        String[] given = fields.replace("@", ADDRESS).split(" ", -1);
        assertThatThrownBy(() -> decoded(schema, given))
                .isInstanceOfSatisfying(
                        MorphogenException.class,
                        failure -> assertThat(failure.reason()).isEqualTo(FailureReason.REQUEST_INVALID))
                .hasMessageStartingWith(reason);
    }

    private static Object decoded(String schema, String... fields) {
        CodeHashes codes = new CodeHashes();
        EntryEncoder encoder = new EntryEncoder(RowSchema.parse(schema), codes);
        encoder.encode(fields(fields));
        return RowSchema.parse(schema).decode(encoder.row(), CodeDictionary.parse(codes.bytes()));
    }

    private static String key(String schema, String... fields) {
        return HexFormat.of()
                .formatHex(new EntryEncoder(RowSchema.parse(schema), new CodeHashes()).encode(fields(fields)));
    }

    private static Fields fields(String... pairs) {
        Fields fields = new Fields();
        for (String pair : pairs) {
            int equals = pair.indexOf('=');
            fields.set(Column.named(pair.substring(0, equals)).orElseThrow(), pair.substring(equals + 1));
        }
        return fields;
    }
}
