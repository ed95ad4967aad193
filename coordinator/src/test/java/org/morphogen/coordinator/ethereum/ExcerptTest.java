package org.morphogen.coordinator.ethereum;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 30, unit = TimeUnit.SECONDS)
class ExcerptTest {
    @Test
    void isShortAndPrintable() {
        assertThat(Excerpt.of("plain text, 0x12")).isEqualTo("plain text, 0x12");
        assertThat(Excerpt.of("a\nb\u0000c\u00e9d\u007f")).isEqualTo("a?b?c?d?");
        assertThat(Excerpt.of("x".repeat(96))).isEqualTo("x".repeat(96));
        assertThat(Excerpt.of("x".repeat(97))).isEqualTo("x".repeat(96) + "...");
    }

    @Test
    void saysThatThereIsNone() {
        assertThat(Excerpt.of(null)).isEqualTo("no reason given");
        assertThat(Excerpt.of("")).isEmpty();
    }
}
