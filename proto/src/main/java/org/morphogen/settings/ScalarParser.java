package org.morphogen.settings;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Modifier;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Turns one YAML value into a Java value; an exception's message says what form the value must have. */
final class ScalarParser {
    private static final Pattern DURATION = Pattern.compile("(\\d{1,12})\\s*(ms|s|min|h)");

    private final Path folder;

    ScalarParser(Path folder) {
        this.folder = folder;
    }

    /**
     * Whether a record type is written as one value rather than as keys: it has a static {@code parse(String)}, whose
     * exception's message says what form the value must have.
     */
    static boolean isScalarRecord(Class<?> type) {
        return type.isRecord()
                && Arrays.stream(type.getMethods())
                        .anyMatch(method -> method.getName().equals("parse")
                                && Modifier.isStatic(method.getModifiers())
                                && Arrays.equals(method.getParameterTypes(), new Class<?>[] {String.class}));
    }

    Object parse(String text, Class<?> type) {
        if (type == String.class) {
            return text;
        }
        if (type == Path.class) {
            if (text.isBlank()) {
                throw new IllegalArgumentException("must not be empty");
            }
            return folder.resolve(text).normalize();
        }
        if (isScalarRecord(type)) {
            return record(text, type);
        }
        if (type == Duration.class) {
            return duration(text);
        }
        return type.isEnum() ? constant(text, type) : primitive(text, type);
    }

    private static Object record(String text, Class<?> type) {
        try {
            return type.getMethod("parse", String.class).invoke(null, text);
        } catch (InvocationTargetException refused) {
            Throwable cause = refused.getCause() == null ? refused : refused.getCause();
            throw new IllegalArgumentException(cause.getMessage(), cause);
        } catch (ReflectiveOperationException impossible) {
            throw new IllegalStateException(type + ".parse cannot be called", impossible);
        }
    }

    private static Object primitive(String text, Class<?> type) {
        if (type == boolean.class) {
            if (text.equals("true") || text.equals("false")) {
                return Boolean.valueOf(text);
            }
            throw new IllegalArgumentException("'" + text + "' is neither true nor false");
        }
        try {
            if (type == int.class) {
                return Integer.valueOf(text);
            }
            if (type == long.class) {
                return Long.valueOf(text);
            }
            if (type == double.class) {
                return finite(text);
            }
        } catch (NumberFormatException wrong) {
            throw new IllegalArgumentException("'" + text + "' is not a number that fits", wrong);
        }
        throw new IllegalStateException("settings cannot hold a " + type);
    }

    /** Not a number would pass every check for a range. */
    private static Double finite(String text) {
        double value = Double.parseDouble(text);
        if (!Double.isFinite(value)) {
            throw new IllegalArgumentException("'" + text + "' is not a number");
        }
        return value;
    }

    private static Duration duration(String text) {
        Matcher matcher = DURATION.matcher(text.strip());
        if (!matcher.matches()) {
            throw new IllegalArgumentException("'" + text + "' is not a duration such as 500ms, 30s, 5min or 1h");
        }
        long count = Long.parseLong(matcher.group(1));
        return switch (matcher.group(2)) {
            case "ms" -> Duration.ofMillis(count);
            case "s" -> Duration.ofSeconds(count);
            case "min" -> Duration.ofMinutes(count);
            default -> Duration.ofHours(count);
        };
    }

    private static Object constant(String text, Class<?> type) {
        for (Object constant : type.getEnumConstants()) {
            if (((Enum<?>) constant).name().equalsIgnoreCase(text)) {
                return constant;
            }
        }
        String all = String.join(
                ", ",
                Arrays.stream(type.getEnumConstants())
                        .map(c -> ((Enum<?>) c).name().toLowerCase(Locale.ROOT))
                        .toList());
        throw new IllegalArgumentException("'" + text + "' is none of " + all);
    }
}
