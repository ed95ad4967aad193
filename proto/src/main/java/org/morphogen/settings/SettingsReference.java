package org.morphogen.settings;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Writes the reference of a settings record: one line a key, with its form, default and meaning. */
public final class SettingsReference {
    private SettingsReference() {}

    /** The reference as a Markdown table. */
    public static String markdown(Class<? extends Record> type) {
        StringBuilder table = new StringBuilder("| key | form | default | meaning |\n|---|---|---|---|\n");
        rows(type, "", table);
        return table.toString();
    }

    private static void rows(Class<?> type, String at, StringBuilder table) {
        for (RecordComponent component : type.getRecordComponents()) {
            Type inner = unwrapped(component.getGenericType());
            String path = at + component.getName();
            if (inner instanceof Class<?> nested && nested.isRecord() && !ScalarParser.isScalarRecord(nested)) {
                rows(nested, path + ".", table);
                continue;
            }
            Setting setting = component.getAnnotation(Setting.class);
            table.append("| `").append(path).append("` | ").append(form(inner)).append(" | ");
            table.append(absentMeans(component, setting)).append(" | ");
            table.append(setting == null ? "" : setting.value()).append(" |\n");
        }
    }

    private static String absentMeans(RecordComponent component, @Nullable Setting setting) {
        if (component.getType() == Optional.class) {
            return "none";
        }
        return setting == null || setting.byDefault().isEmpty() ? "required" : "`" + setting.byDefault() + "`";
    }

    private static Type unwrapped(Type type) {
        return type instanceof ParameterizedType p && p.getRawType() == Optional.class
                ? p.getActualTypeArguments()[0]
                : type;
    }

    private static String form(Type type) {
        if (type instanceof ParameterizedType p && p.getRawType() == List.class) {
            return "list of " + form(p.getActualTypeArguments()[0]);
        }
        Class<?> raw = (Class<?>) type;
        if (raw.isEnum()) {
            return String.join(
                    " or ",
                    List.of(raw.getEnumConstants()).stream()
                            .map(c -> c.toString().toLowerCase(Locale.ROOT))
                            .toList());
        }
        return switch (raw.getSimpleName()) {
            case "String" -> "text";
            case "Path" -> "path";
            case "Endpoint" -> "host:port";
            case "ByteSize" -> "size";
            case "Duration" -> "duration";
            case "boolean" -> "true or false";
            default -> "number";
        };
    }
}
