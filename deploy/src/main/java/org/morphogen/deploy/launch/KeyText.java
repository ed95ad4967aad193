package org.morphogen.deploy.launch;

import java.util.HexFormat;
import org.morphogen.client.lookup.Address;
import org.morphogen.client.lookup.LookupKey;
import org.morphogen.client.lookup.PlainKey;
import org.morphogen.client.lookup.StorageKey;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.morphogen.row.Account32;
import org.morphogen.row.Account64;
import org.morphogen.row.Bytes32;
import org.morphogen.row.BytesN;
import org.morphogen.row.RowSchema;
import org.morphogen.row.Slot48;

/** Reads keys as a person types them. Failures do not repeat the text: it is what the user wants hidden. */
final class KeyText {
    private KeyText() {}

    /** An address, {@code ADDRESS:SLOT}, or hex bytes, as the table's schema wants. */
    static LookupKey parse(RowSchema schema, String text) {
        return switch (schema) {
            case Account32 _, Account64 _ -> Address.parse(text);
            case Slot48 _ -> slot(text);
            case BytesN _ -> plain(text);
        };
    }

    private static LookupKey slot(String text) {
        int colon = text.indexOf(':');
        if (colon < 0) {
            throw new MorphogenException(FailureReason.REQUEST_INVALID, "A storage slot is ADDRESS:SLOT.");
        }
        String digits = text.substring(colon + 1).replaceFirst("^0x", "");
        String padded = "0".repeat(Math.max(0, 2 * Bytes32.LENGTH - digits.length())) + digits;
        return StorageKey.of(Address.parse(text.substring(0, colon)), Bytes32.parse(padded));
    }

    private static LookupKey plain(String text) {
        try {
            return PlainKey.of(HexFormat.of().parseHex(text.replaceFirst("^0x", "")));
        } catch (IllegalArgumentException notHex) {
            throw new MorphogenException(FailureReason.REQUEST_INVALID, "A key is an even number of hex digits.");
        }
    }
}
