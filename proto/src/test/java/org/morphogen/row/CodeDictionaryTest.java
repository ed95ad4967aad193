package org.morphogen.row;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.morphogen.failure.FailureReason.PARTY_MISBEHAVES;
import static org.morphogen.failure.FailureReason.REQUEST_INVALID;
import static org.morphogen.failure.FailureReason.SNAPSHOT_INVALID;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class CodeDictionaryTest {
    @Test
    void readsEntriesInOrder() {
        byte[] entries = Arrays.copyOf(CodeDictionary.EMPTY_CODE.bytes(), 96);
        Arrays.fill(entries, 32, 64, (byte) 1);
        Arrays.fill(entries, 64, 96, (byte) 2);
        CodeDictionary dictionary = CodeDictionary.parse(entries);
        assertThat(dictionary.size()).isEqualTo(3);
        assertThat(dictionary.codeHash(0)).isEqualTo(CodeDictionary.EMPTY_CODE);
        assertThat(dictionary.codeHash(2)).isEqualTo(Bytes32.of(Rows.filled(32, 2)));
        Rows.assertRefused(PARTY_MISBEHAVES, "code id", () -> dictionary.codeHash(3));
        Rows.assertRefused(PARTY_MISBEHAVES, "code id", () -> dictionary.codeHash(-1));
    }

    @Test
    void refusesWhatIsNoDictionary() {
        Rows.assertRefused(SNAPSHOT_INVALID, "dictionary", () -> CodeDictionary.parse(new byte[0]));
        Rows.assertRefused(SNAPSHOT_INVALID, "dictionary", () -> CodeDictionary.parse(new byte[32]));
        byte[] cut = Arrays.copyOf(CodeDictionary.EMPTY_CODE.bytes(), 63);
        Rows.assertRefused(SNAPSHOT_INVALID, "dictionary", () -> CodeDictionary.parse(cut));
    }

    @Test
    void hashTextIs64HexDigits() {
        String hex = "0123456789abcdef".repeat(4);
        assertThat(Bytes32.parse("0x" + hex)).isEqualTo(Bytes32.parse(hex)).hasToString("0x" + hex);
        Rows.assertRefused(REQUEST_INVALID, "hash", () -> Bytes32.parse(hex.substring(1)));
        Rows.assertRefused(REQUEST_INVALID, "hash", () -> Bytes32.parse("0x" + hex + "00"));
        Rows.assertRefused(REQUEST_INVALID, "hash", () -> Bytes32.parse("g" + hex.substring(1)));
        assertThatThrownBy(() -> Bytes32.of(new byte[31])).isInstanceOf(IllegalArgumentException.class);
    }
}
