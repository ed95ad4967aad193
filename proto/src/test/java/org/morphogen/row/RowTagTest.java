package org.morphogen.row;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class RowTagTest {
    @Test
    void matchesTheWholeTagOnly() {
        byte[] row = Rows.row("ee", Rows.TAG_HEX, "ffff");
        assertThat(RowTag.read(row, 1)).isEqualTo(Rows.TAG);
        assertThat(RowTag.matches(row, 1, Rows.TAG)).isTrue();
        for (int bit = 0; bit < 64; bit++) {
            assertThat(RowTag.matches(row, 1, Rows.TAG ^ 1L << bit))
                    .as("bit %d differs", bit)
                    .isFalse();
        }
        assertThat(RowTag.matches(row, 1, ~Rows.TAG)).isFalse();
    }

    @Test
    void isEmptyLooksAtEveryByteOfTheRowAndNoOther() {
        byte[] rows = Rows.filled(18, 0xff);
        Arrays.fill(rows, 1, 17, (byte) 0);
        assertThat(RowTag.isEmpty(rows, 1, 16)).isTrue();
        for (int at = 1; at < 17; at++) {
            rows[at] = (byte) 0x80;
            assertThat(RowTag.isEmpty(rows, 1, 16)).as("byte %d set", at).isFalse();
            rows[at] = 0;
        }
    }
}
