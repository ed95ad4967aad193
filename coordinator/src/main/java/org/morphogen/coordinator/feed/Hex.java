package org.morphogen.coordinator.feed;

import java.math.BigInteger;
import java.util.HexFormat;
import java.util.Locale;
import org.morphogen.coordinator.ethereum.Excerpt;
import org.morphogen.row.Bytes32;

/** Reads what Ethereum's JSON writes in hex. Every failure begins with the place. */
final class Hex {
    private static final int WORD_DIGITS = 2 * Bytes32.LENGTH;
    private static final int LONG_BITS = 64;

    private Hex() {}

    /** A number: 0x and 1 to 64 digits. */
    static BigInteger quantity(String place, String text) throws BadJson {
        String digits = digits(place, text);
        if (digits.isEmpty() || digits.length() > WORD_DIGITS) {
            throw new BadJson(place + ": is not 0x and 1 to 64 hex digits");
        }
        return new BigInteger(digits, 16);
    }

    /** A number below 2^63, such as a block's. */
    static long number(String place, String text) throws BadJson {
        BigInteger number = quantity(place, text);
        if (number.bitLength() >= LONG_BITS) {
            throw new BadJson(place + ": must be below 2^63");
        }
        return number.longValue();
    }

    /** A storage word; leading zeros may be missing. */
    static Bytes32 word(String place, String text) throws BadJson {
        String digits = digits(place, text);
        if (digits.isEmpty() || digits.length() > WORD_DIGITS) {
            throw new BadJson(place + ": is not 0x and 1 to 64 hex digits");
        }
        return Bytes32.parse("0".repeat(WORD_DIGITS - digits.length()) + digits);
    }

    /** A hash: 0x and 64 lower-case digits. */
    static String hash(String place, String text) throws BadJson {
        if (digits(place, text).length() != WORD_DIGITS) {
            throw new BadJson(place + ": is not 0x and 64 hex digits");
        }
        return text.toLowerCase(Locale.ROOT);
    }

    static Address address(String place, String text) throws BadJson {
        byte[] bytes = bytes(place, text);
        if (bytes.length != Address.LENGTH) {
            throw new BadJson(place + ": '" + Excerpt.of(text) + "' is no address: not 0x and 40 hex digits");
        }
        return Address.of(bytes);
    }

    /** Plain bytes, such as code; 0x alone is none. */
    static byte[] bytes(String place, String text) throws BadJson {
        String digits = digits(place, text);
        if (digits.length() % 2 != 0) {
            throw new BadJson(place + ": has an odd number of hex digits");
        }
        return HexFormat.of().parseHex(digits);
    }

    /** A word as a number: without leading zeros. */
    static String ofWord(Bytes32 word) {
        return "0x" + new BigInteger(1, word.bytes()).toString(16);
    }

    static String ofNumber(long number) {
        return "0x" + Long.toHexString(number);
    }

    private static String digits(String place, String text) throws BadJson {
        boolean hex = text.startsWith("0x") && text.chars().skip(2).allMatch(HexFormat::isHexDigit);
        if (!hex) {
            throw new BadJson(place + ": '" + Excerpt.of(text) + "' is not 0x and hex digits");
        }
        return text.substring(2);
    }
}
