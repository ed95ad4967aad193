package org.morphogen.failure;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/**
 * Bounds a failure's text. A call that fails carries its message twice in its metadata, once percent-encoded at up to
 * three times its length; with these bounds both copies and the facts stay below {@code Limits.MAX_METADATA_BYTES}, past
 * which the caller would learn nothing but that the metadata was too long.
 */
final class FailureText {
    /** Longest message, UTF-8 bytes. */
    static final int MAX_MESSAGE_BYTES = 1000;

    /** All facts together, UTF-8 bytes. */
    static final int MAX_FACTS_BYTES = 1500;

    private FailureText() {}

    /** The message without control characters, cut where it is too long. */
    static String message(String text) {
        return printable(text, MAX_MESSAGE_BYTES);
    }

    /** As many of the facts, by name, as there is room for; none is cut. */
    static Map<String, String> facts(Map<String, String> facts) {
        Map<String, String> kept = new TreeMap<>();
        int bytes = 0;
        for (Map.Entry<String, String> fact : new TreeMap<>(facts).entrySet()) {
            bytes += utf8Bytes(fact.getKey()) + utf8Bytes(fact.getValue());
            if (bytes > MAX_FACTS_BYTES) {
                break;
            }
            kept.put(printable(fact.getKey(), MAX_FACTS_BYTES), printable(fact.getValue(), MAX_FACTS_BYTES));
        }
        return kept;
    }

    private static String printable(String text, int maxBytes) {
        StringBuilder printable = new StringBuilder();
        int bytes = 0;
        for (int at = 0; at < text.length(); ) {
            int c = text.codePointAt(at);
            at += Character.charCount(c);
            String shown = isPrintable(c) ? Character.toString(c) : " ";
            bytes += utf8Bytes(shown);
            if (bytes > maxBytes) {
                return printable.append("...").toString();
            }
            printable.append(shown);
        }
        return printable.toString();
    }

    private static boolean isPrintable(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL, Character.FORMAT, Character.SURROGATE, Character.LINE_SEPARATOR -> false;
            default -> true;
        };
    }

    private static int utf8Bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }
}
