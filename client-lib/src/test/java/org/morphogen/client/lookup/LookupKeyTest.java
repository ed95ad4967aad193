package org.morphogen.client.lookup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.morphogen.row.Bytes32;

@Timeout(10)
final class LookupKeyTest {
    private static final String HEX = "a1e4380a3b1f749673e270229993ee55f35663b4";

    @Test
    void readsAddressesInEveryForm() {
        byte[] bytes = HexFormat.of().parseHex(HEX);

        assertThat(Address.parse("0x" + HEX)).isEqualTo(Address.of(bytes)).hasSameHashCodeAs(Address.of(bytes));
        assertThat(Address.parse("0xA1E4380A3B1F749673E270229993EE55F35663B4")).isEqualTo(Address.parse(HEX));
        assertThat(Address.parse(HEX).secretBytes()).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "0x",
                "0xa1e4380a3b1f749673e270229993ee55f35663b",
                "0xa1e4380a3b1f749673e270229993ee55f35663b4b",
                "0xg1e4380a3b1f749673e270229993ee55f35663b4",
                "vitalik.eth"
            })
    void refusesOtherTextWithoutRepeatingIt(String text) {
        assertThatThrownBy(() -> Address.parse(text))
                .isInstanceOfSatisfying(
                        MorphogenException.class,
                        failure -> assertThat(failure.reason()).isEqualTo(FailureReason.REQUEST_INVALID))
                .hasMessageContaining("this text has " + text.length() + " characters")
                .hasMessageNotContaining("a1e4380a");
    }

    @Test
    void refusesKeysOfOtherLengths() {
        assertThatThrownBy(() -> Address.of(new byte[21])).hasMessageContaining("20 bytes, not 21");
        assertThatThrownBy(() -> PlainKey.of(new byte[0])).hasMessageContaining("1 to 64 bytes, not 0");
        assertThatThrownBy(() -> PlainKey.of(new byte[65])).hasMessageContaining("1 to 64 bytes, not 65");
    }

    @Test
    void aStorageKeyIsAddressAndSlot() {
        Bytes32 slot = Bytes32.parse("00".repeat(31) + "07");

        StorageKey key = StorageKey.of(Address.parse(HEX), slot);

        assertThat(HexFormat.of().formatHex(key.secretBytes())).isEqualTo(HEX + slot.hex());
        assertThat(key).isEqualTo(StorageKey.of(Address.parse(HEX), slot));
        assertThat(key).isNotEqualTo(StorageKey.of(Address.parse(HEX), Bytes32.of(new byte[32])));
    }

    @Test
    void keysDoNotShareTheirBytes() {
        byte[] bytes = new byte[20];
        Address address = Address.of(bytes);
        bytes[0] = 1;
        address.secretBytes()[1] = 1;

        assertThat(address.secretBytes()).isEqualTo(new byte[20]);
    }
}
