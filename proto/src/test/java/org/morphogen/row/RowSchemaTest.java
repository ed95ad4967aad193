package org.morphogen.row;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class RowSchemaTest {
    @ParameterizedTest
    @CsvSource({
        "account-32, 32, 20, 20",
        "account-64, 64, 20, 20",
        "slot-48, 48, 52, 52",
        "bytes-16, 16, 1, 64",
        "bytes-4096, 4096, 1, 64"
    })
    void parsesEveryName(String name, int rowBytes, int minKeyBytes, int maxKeyBytes) {
        RowSchema schema = RowSchema.parse(name);
        assertThat(schema.name()).isEqualTo(name);
        assertThat(schema.rowBytes()).isEqualTo(rowBytes);
        assertThatCode(() -> schema.checkKey(new byte[minKeyBytes])).doesNotThrowAnyException();
        assertThatCode(() -> schema.checkKey(new byte[maxKeyBytes])).doesNotThrowAnyException();
        refusesKey(schema, minKeyBytes - 1);
        refusesKey(schema, maxKeyBytes + 1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "account",
                "Account-32",
                "account-32 ",
                "bytes-",
                "bytes-0",
                "bytes-8",
                "bytes-17",
                "bytes-032",
                "bytes-4112",
                "bytes-99999999999",
                "bytes--16",
                "bytes-16a"
            })
    void refusesEveryOtherName(String name) {
        assertThatThrownBy(() -> RowSchema.parse(name))
                .hasMessageStartingWith("schema:")
                .isInstanceOfSatisfying(
                        MorphogenException.class, e -> assertThat(e.reason()).isEqualTo(FailureReason.REQUEST_INVALID));
    }

    @Test
    void slotKeyIsAddressThenSlot() {
        byte[] address = Rows.filled(20, 0xaa);
        byte[] key = Slot48.key(address, Bytes32.of(Rows.filled(32, 0xbb)));
        assertThat(key).hasSize(52).startsWith(address).endsWith(Rows.filled(32, 0xbb));
        assertThatThrownBy(() -> Slot48.key(new byte[19], Bytes32.of(new byte[32])))
                .hasMessageStartingWith("address:");
    }

    private static void refusesKey(RowSchema schema, int bytes) {
        assertThatThrownBy(() -> schema.checkKey(new byte[bytes]))
                .isInstanceOf(MorphogenException.class)
                .hasMessageStartingWith("key:");
    }
}
