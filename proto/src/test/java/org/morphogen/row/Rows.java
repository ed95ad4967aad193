package org.morphogen.row;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.HexFormat;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;

/** Rows and expectations that the codec tests share. */
final class Rows {
    static final long TAG = 0x0807060504030201L;
    static final String TAG_HEX = "0102030405060708";

    private Rows() {}

    static byte[] filled(int length, int value) {
        byte[] bytes = new byte[length];
        Arrays.fill(bytes, (byte) value);
        return bytes;
    }

    static byte[] row(String... fieldsInHex) {
        return HexFormat.of().parseHex(String.join("", fieldsInHex));
    }

    static void assertRefused(FailureReason reason, String field, ThrowingCallable call) {
        assertThatThrownBy(call)
                .hasMessageStartingWith(field + ":")
                .isInstanceOfSatisfying(
                        MorphogenException.class, e -> assertThat(e.reason()).isEqualTo(reason));
    }

    /** What every schema refuses: wrong lengths and empty rows. */
    static void assertRefusesWrongLengthsAndEmptyRows(RowSchema schema) {
        for (int length : new int[] {0, 1, schema.rowBytes() - 1, schema.rowBytes() + 1}) {
            assertRefused(
                    FailureReason.PARTY_MISBEHAVES, "row", () -> schema.decode(filled(length, 1), CodeDictionary.NONE));
        }
        assertRefused(
                FailureReason.PARTY_MISBEHAVES,
                "tag",
                () -> schema.decode(new byte[schema.rowBytes()], CodeDictionary.NONE));
    }
}
