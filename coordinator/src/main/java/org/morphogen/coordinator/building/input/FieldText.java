package org.morphogen.coordinator.building.input;

import java.math.BigInteger;
import java.util.HexFormat;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.morphogen.row.Account64;
import org.morphogen.row.Bytes32;

/** Reads the text of fields. Every failure is a REQUEST_INVALID whose message begins with the field's name. */
final class FieldText {
    private static final int MAX_DECIMAL_DIGITS = 78;
    private static final int MAX_HEX_DIGITS = 64;
    private static final int LONG_DIGITS = 18;
    private static final int WORD_DIGITS = 2 * Bytes32.LENGTH;

    private FieldText() {}

    /** A number: decimal digits, or 0x and hex digits. */
    static BigInteger number(Fields fields, Column column) {
        String text = required(fields, column);
        if (isPrefixed(text)) {
            return new BigInteger(hexDigits(column, text, 1, MAX_HEX_DIGITS), 16);
        }
        if (text.length() > MAX_DECIMAL_DIGITS || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw invalid(column, "is neither a decimal number nor 0x and hex digits");
        }
        return text.length() <= LONG_DIGITS ? BigInteger.valueOf(Long.parseLong(text)) : new BigInteger(text);
    }

    /** An address: 40 hex digits, with or without 0x. */
    static byte[] address(Fields fields) {
        String text = required(fields, Column.ADDRESS);
        String digits = isPrefixed(text) ? text.substring(2) : text;
        if (digits.length() != 2 * Account64.ADDRESS_BYTES || !isHex(digits)) {
            throw invalid(Column.ADDRESS, "is not 40 hex digits, with or without 0x");
        }
        return HexFormat.of().parseHex(digits);
    }

    /** A hash: 64 hex digits, with or without 0x. */
    static Bytes32 hash(Fields fields, Column column) {
        String text = required(fields, column);
        String digits = isPrefixed(text) ? text.substring(2) : text;
        if (digits.length() != WORD_DIGITS || !isHex(digits)) {
            throw invalid(column, "is not 64 hex digits, with or without 0x");
        }
        return Bytes32.parse(digits);
    }

    /**
     * A storage word: 0x and 1 to 64 hex digits, which mean the number, or 64 hex digits. Fewer digits without 0x are
     * refused, for they could be meant as decimal.
     */
    static Bytes32 word(Fields fields, Column column) {
        String text = required(fields, column);
        if (!isPrefixed(text)) {
            return hash(fields, column);
        }
        String digits = hexDigits(column, text, 1, WORD_DIGITS);
        return Bytes32.parse("0".repeat(WORD_DIGITS - digits.length()) + digits);
    }

    /** Plain bytes: an even number of hex digits, with or without 0x; none is fine. */
    static byte[] bytes(Fields fields, Column column) {
        if (!fields.has(column)) {
            throw invalid(column, "is missing");
        }
        String text = fields.text(column);
        String digits = isPrefixed(text) ? text.substring(2) : text;
        if (digits.length() % 2 != 0 || !isHex(digits)) {
            throw invalid(column, "is not an even number of hex digits");
        }
        return HexFormat.of().parseHex(digits);
    }

    static MorphogenException invalid(Column column, String what) {
        return new MorphogenException(FailureReason.REQUEST_INVALID, column.text() + ": " + what);
    }

    private static String required(Fields fields, Column column) {
        if (!fields.has(column)) {
            throw invalid(column, "is missing");
        }
        if (fields.text(column).isEmpty()) {
            throw invalid(column, "is empty");
        }
        return fields.text(column);
    }

    private static String hexDigits(Column column, String prefixed, int least, int most) {
        String digits = prefixed.substring(2);
        if (digits.length() < least || digits.length() > most || !isHex(digits)) {
            throw invalid(column, "is not 0x and " + least + " to " + most + " hex digits");
        }
        return digits;
    }

    private static boolean isPrefixed(String text) {
        return text.startsWith("0x") || text.startsWith("0X");
    }

    private static boolean isHex(String digits) {
        return digits.chars().allMatch(HexFormat::isHexDigit);
    }
}
