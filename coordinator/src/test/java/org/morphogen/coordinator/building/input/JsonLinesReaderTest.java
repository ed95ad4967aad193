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
class JsonLinesReaderTest {
    @Test
    void readsTextAndWholeNumbers() throws IOException {
        assertThat(read(
                        "account-32",
                        "{\"address\":\"0xa\",\"balance\":5,\"nonce\":\"0x1\"}\n\n {\"balance\":\"6\"} \n"))
                .containsExactly("1: address=0xa balance=5 nonce=0x1", "3: balance=6");
        assertThat(read("bytes-64", "{\"key\":\"01\",\"value\":\"\"}")).containsExactly("1: value= key=01");
    }

    @Test
    void keepsNumbersBeyondSixtyFourBits() throws IOException {
        assertThat(read("account-64", "{\"balance\":340282366920938463463374607431768211455}"))
                .containsExactly("1: balance=340282366920938463463374607431768211455");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "[1] | is not a JSON object",
                "5 | is not a JSON object",
                "{\"balance\":1.5} | balance: is not text or a whole number",
                "{\"balance\":null} | balance: is not text or a whole number",
                "{\"balance\":[1]} | balance: is not text or a whole number",
                "{\"address\":5} | address: is not text",
                "{\"balance\":1,\"balance\":2} | balance: stands twice",
                "{\"balanse\":1} | 'balanse' is none of address, balance, nonce, code_hash",
                "{\"balance\":1 | is not JSON",
                "{\"balance\":1}} | is not JSON",
                "{\"balance\":1} {} | has more than one JSON object",
                "{balance:1} | is not JSON",
                "nonsense | is not JSON",
            })
    void tellsWhatIsWrongWithALineAndGoesOn(String line, String reason) throws IOException {
        List<String> told = read("account-32", "{\"balance\":1}\n" + line + "\n{\"balance\":2}\n");

        assertThat(told).hasSize(3).contains("1: balance=1", "3: balance=2");
        assertThat(told.get(1)).startsWith("2! ").contains(reason);
    }

    /** A line that begins like UTF-32 and holds what no character is. */
    @Test
    void aLineThatIsNoTextIsToldAndTheNextRead() throws IOException {
        assertThat(read("account-32", "\0\0\0{zzzz\n{\"balance\":2}\n"))
                .satisfiesExactly(
                        first -> assertThat(first).startsWith("1! is not JSON: "),
                        second -> assertThat(second).isEqualTo("2: balance=2"));
    }

    @Test
    void messagesStayShortAndPrintable() throws IOException {
        String name = "\\u001b[31m" + "x".repeat(10_000);
        assertThat(read("account-32", "{\"" + name + "\":1}"))
                .singleElement()
                .satisfies(told -> assertThat(told).hasSizeLessThan(200).doesNotContain("\u001b"));
    }

    private static List<String> read(String schema, String lines) throws IOException {
        return RecordedEntries.of(new JsonLinesReader(), schema, lines);
    }
}
