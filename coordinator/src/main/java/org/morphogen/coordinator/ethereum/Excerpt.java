package org.morphogen.coordinator.ethereum;

import org.jspecify.annotations.Nullable;

/** Text of others made fit for a message: short and printable. */
public final class Excerpt {
    private static final int MAX_CHARS = 96;

    private Excerpt() {}

    /** At most the first {@value #MAX_CHARS} characters; others than printable ASCII become question marks. */
    public static String of(@Nullable String text) {
        if (text == null) {
            return "no reason given";
        }
        StringBuilder out = new StringBuilder();
        text.codePoints().limit(MAX_CHARS).forEach(c -> out.appendCodePoint(c >= ' ' && c < 0x7f ? c : '?'));
        return text.length() > MAX_CHARS ? out + "..." : out.toString();
    }
}
