package org.morphogen.settings;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A number of bytes that a person writes as {@code 512MiB}, {@code 8GiB} or plain {@code 1048576}. */
public record ByteSize(long bytes) {
    private static final Pattern FORM = Pattern.compile("(\\d{1,15})\\s*(B|KiB|MiB|GiB|TiB)?");

    public ByteSize {
        if (bytes < 0) {
            throw new IllegalArgumentException("a size is not negative");
        }
    }

    /** Reads a size; an IllegalArgumentException says what forms there are. */
    public static ByteSize parse(String text) {
        Matcher matcher = FORM.matcher(text.strip());
        if (!matcher.matches()) {
            throw new IllegalArgumentException("'" + text + "' is not a size such as 512MiB or 8GiB");
        }
        int shift = switch (matcher.group(2) == null ? "B" : matcher.group(2)) {
            case "KiB" -> 10;
            case "MiB" -> 20;
            case "GiB" -> 30;
            case "TiB" -> 40;
            default -> 0;
        };
        long count = Long.parseLong(matcher.group(1));
        if (count > Long.MAX_VALUE >> shift) {
            throw new IllegalArgumentException("'" + text + "' is more than a machine has");
        }
        return new ByteSize(count << shift);
    }

    /** For people: {@code 1.5 GiB}. */
    public String display() {
        if (bytes < 1024) {
            return bytes + " B";
        }
        int group = (63 - Long.numberOfLeadingZeros(bytes)) / 10;
        double scaled = bytes / (double) (1L << (group * 10));
        return String.format(Locale.ROOT, "%.1f %ciB", scaled, "KMGTPE".charAt(group - 1));
    }

    @Override
    public String toString() {
        return display();
    }
}
