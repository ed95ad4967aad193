package org.morphogen.coordinator.building.input;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(value = 10, unit = TimeUnit.SECONDS)
class GenesisReaderTest {
    private static final String GENESIS = """
            {
              "config": {"chainId": 1, "alloc": {"0xnot": "this one"}},
              "alloc": {
                "0xaa": {"balance": "0x10"},
                "bb": {"nonce": 3, "balance": 7, "code": "0x6001", "storage": {
                  "0x01": "0x02",
                  "0x03": "0x04"
                }},
                "0xcc": {"storage": {}, "balance": "1"}
              },
              "timestamp": "0x0"
            }
            """;

    @Test
    void accountsTakeBalanceNonceAndTheHashOfTheCode() throws IOException {
        assertThat(read("account-32", GENESIS))
                .containsExactly(
                        "4: address=0xaa balance=0x10",
                        "5: address=bb balance=7 nonce=3"
                                + " code_hash=309c67890bde4c575dc23d2cc3b5c3a3d599e312e980e9b61b5bc8f3cd87c8bb",
                        "9: address=0xcc balance=1");
    }

    @Test
    void slotsTakeTheStorage() throws IOException {
        assertThat(read("slot-48", GENESIS))
                .containsExactly("6: address=bb slot=0x01 value=0x02", "7: address=bb slot=0x03 value=0x04");
    }

    @Test
    void badAccountsAreToldAndTheOthersRead() throws IOException {
        String genesis = """
                {"alloc": {
                "0x01": {"balance": true},
                "0x02": {"balance": "1", "color": {"deep": [1, 2]}},
                "0x03": {"balance": "1", "balance": "2"},
                "0x04": [{"balance": "1"}],
                "0x05": {"balance": "1", "code": "0x123"},
                "0x06": {"balance": "1", "code": {}},
                "0x07": {"balance": "1", "storage": {}, "storage": {}},
                "0x08": {"balance": "1", "code": "", "code": ""},
                "0x09": {"balance": "1"}
                }}
                """;
        assertThat(read("account-32", genesis))
                .containsExactly(
                        "2! account 0x01: balance: is not text or a whole number",
                        "3! account 0x02: 'color' is none of balance, nonce, code, storage",
                        "4! account 0x03: balance: stands twice",
                        "5! account 0x04: is not a JSON object",
                        "6! account 0x05: code: is not an even number of hex digits",
                        "7! account 0x06: code: is not an even number of hex digits",
                        "8! account 0x07: storage: stands twice",
                        "9! account 0x08: code: stands twice",
                        "10: address=0x09 balance=1");
    }

    @Test
    void badStorageIsTold() throws IOException {
        assertThat(
                        read(
                                "slot-48",
                                "{\"alloc\": {\"0x1\": {\"storage\": {\n\"0x1\": 5,\n\"0x2\": \"0x3\"}},\n\"0x4\": {\"storage\": 1}}}"))
                .containsExactly(
                        "2! account 0x1: storage: value: is not text",
                        "3: address=0x1 slot=0x2 value=0x3",
                        "4! account 0x4: storage: is not a JSON object");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "[] | is not a JSON object",
                "`` | is not a JSON object",
                "{} | alloc: is missing",
                "{\"alloc\": 5} | alloc: is not a JSON object",
                "{\"alloc\": {}, \"alloc\": {}} | alloc: stands twice",
                "{\"alloc\": {}} {} | something follows",
                "{\"alloc\": {\"0x1\": {\"balance\": | is not JSON",
                "{\"alloc\": {}  | is not JSON",
                "{'alloc': {}} | is not JSON",
            })
    void brokenDocumentsAreTold(String document, String reason) throws IOException {
        assertThat(read("account-32", document))
                .singleElement()
                .asString()
                .contains("! ")
                .contains(reason);
    }

    /** Four bytes that begin like UTF-32, and what no character is. */
    @Test
    void bytesThatAreNoTextAreToldNotThrown() throws IOException {
        assertThat(read("account-32", "\0\0\0{zzzz")).singleElement().asString().contains("! is not JSON: ");
    }

    @Test
    void codeOverTheLimitIsRefusedNotBuffered() throws IOException {
        String code = "00".repeat(BoundedLines.MAX_LINE_BYTES);
        assertThat(read("account-32", "{\"alloc\": {\"0x1\": {\"balance\": 1, \"code\": \"" + code + "\"}}}"))
                .singleElement()
                .asString()
                .startsWith("1! is not JSON: String value length");
    }

    private static List<String> read(String schema, String genesis) throws IOException {
        return RecordedEntries.of(new GenesisReader(), schema, genesis);
    }
}
