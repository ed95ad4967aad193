package org.morphogen.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(10)
final class ByteSizeTest {
    @ParameterizedTest
    @CsvSource({
        "0, 0, 0 B",
        "1023, 1023, 1023 B",
        "1024, 1024, 1.0 KiB",
        "1536 B, 1536, 1.5 KiB",
        "512MiB, 536870912, 512.0 MiB",
        "8 GiB, 8589934592, 8.0 GiB",
        "3TiB, 3298534883328, 3.0 TiB",
        "8388607TiB, 9223370937343148032, 8.0 EiB"
    })
    void readsAndShows(String text, long bytes, String shown) {
        assertThat(ByteSize.parse(text)).isEqualTo(new ByteSize(bytes)).hasToString(shown);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "MiB", "-1", "1.5GiB", "8GB", "8gib", "0x10", "8388608TiB", "9999999999999999"})
    void refusesOtherText(String text) {
        assertThatThrownBy(() -> ByteSize.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'" + text + "'");
    }

    @Test
    void isNeverNegative() {
        assertThatThrownBy(() -> new ByteSize(-1)).isInstanceOf(IllegalArgumentException.class);
    }
}
