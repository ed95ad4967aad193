package org.morphogen.addressing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.morphogen.failure.MorphogenException;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class HashSeedTest {
    @Test
    void hexIsTheBytesInOrder() {
        HashSeed seed = new HashSeed(0x0706050403020100L, 0x0f0e0d0c0b0a0908L);
        assertThat(seed.hex()).isEqualTo("000102030405060708090a0b0c0d0e0f");
        assertThat(HashSeed.parse(seed.hex())).isEqualTo(seed);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "00",
                "000102030405060708090a0b0c0d0e0",
                "000102030405060708090a0b0c0d0e0f0",
                "000102030405060708090A0B0C0D0E0F",
                "0x0102030405060708090a0b0c0d0e0f"
            })
    void refusesOtherText(String text) {
        assertThatThrownBy(() -> HashSeed.parse(text))
                .isInstanceOf(MorphogenException.class)
                .hasMessageStartingWith("seed:");
    }
}
