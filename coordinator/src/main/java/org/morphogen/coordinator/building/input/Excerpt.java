package org.morphogen.coordinator.building.input;

/** Input text made fit for a message: short and printable. */
final class Excerpt {
    private static final int MAX_CHARS = 48;

    private Excerpt() {}

    static String of(String text) {
        StringBuilder out = new StringBuilder();
        text.codePoints().limit(MAX_CHARS).forEach(c -> out.appendCodePoint(c >= ' ' && c < 0x7f ? c : '?'));
        return text.length() > MAX_CHARS ? out + "..." : out.toString();
    }
}
