package org.morphogen.settings;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Binds a YAML tree to a record, adding each mistake to a list instead of stopping at the first. */
final class RecordBinder {
    /** Stands for a value that could not be bound; the mistake is in the list. */
    enum Mistake {
        MADE
    }

    private final ScalarParser scalars;
    private final List<String> mistakes;

    RecordBinder(Path folder, List<String> mistakes) {
        this.scalars = new ScalarParser(folder);
        this.mistakes = mistakes;
    }

    /** The record, or {@link Mistake}. {@code at} is the key path so far, empty or ending in a dot. */
    Object bind(JsonNode node, Class<?> type, String at) {
        if (!node.isObject()) {
            return mistake(at, "must hold keys and values");
        }
        RecordComponent[] components = type.getRecordComponents();
        List<String> known =
                Arrays.stream(components).map(RecordComponent::getName).toList();
        node.fieldNames().forEachRemaining(key -> {
            if (!known.contains(key)) {
                mistakes.add(at + key + ": unknown key" + NearestName.suggestion(key, known));
            }
        });
        Object[] values = new Object[components.length];
        boolean whole = true;
        for (int i = 0; i < components.length; i++) {
            values[i] = component(node.get(components[i].getName()), components[i], at);
            whole &= !(values[i] instanceof Mistake);
        }
        return whole ? construct(type, components, values, at) : Mistake.MADE;
    }

    private Object component(@Nullable JsonNode node, RecordComponent component, String at) {
        String path = at + component.getName();
        Setting setting = component.getAnnotation(Setting.class);
        if (node != null && !node.isNull()) {
            return present(node, component.getGenericType(), path);
        }
        if (component.getType() == Optional.class) {
            return Optional.empty();
        }
        if (setting != null && !setting.byDefault().isEmpty()) {
            return value(defaultOf(setting), component.getGenericType(), path);
        }
        return component.getType().isRecord() && allDefaulted(component.getType())
                ? bind(JsonNodeFactory.instance.objectNode(), component.getType(), path + ".")
                : mistake(path + ".", "is missing" + (setting == null ? "" : " (" + setting.value() + ")"));
    }

    private Object present(JsonNode node, Type type, String path) {
        if (raw(type) != Optional.class) {
            return value(node, type, path);
        }
        Object value = value(node, argument(type), path);
        return value instanceof Mistake ? value : Optional.of(value);
    }

    private Object value(JsonNode node, Type type, String path) {
        Class<?> raw = raw(type);
        if (raw == List.class) {
            return list(node, argument(type), path);
        }
        if (raw.isRecord() && !ScalarParser.isScalarRecord(raw)) {
            return bind(node, raw, path + ".");
        }
        if (!node.isValueNode()) {
            return mistake(path + ".", "must be a single value");
        }
        try {
            return scalars.parse(node.asText(), raw);
        } catch (RuntimeException wrong) {
            return mistake(path + ".", String.valueOf(wrong.getMessage()));
        }
    }

    private Object list(JsonNode node, Type element, String path) {
        if (!node.isArray()) {
            return mistake(path + ".", "must be a list");
        }
        List<Object> values = new ArrayList<>();
        boolean whole = true;
        for (int i = 0; i < node.size(); i++) {
            Object value = value(node.get(i), element, path + "[" + i + "]");
            whole &= !(value instanceof Mistake);
            values.add(value);
        }
        return whole ? List.copyOf(values) : Mistake.MADE;
    }

    private Object construct(Class<?> type, RecordComponent[] components, Object[] values, String at) {
        Class<?>[] types =
                Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
        try {
            Constructor<?> constructor = type.getDeclaredConstructor(types);
            return constructor.newInstance(values);
        } catch (InvocationTargetException refused) {
            Throwable cause = refused.getCause() == null ? refused : refused.getCause();
            return mistake(at, String.valueOf(cause.getMessage()));
        } catch (ReflectiveOperationException impossible) {
            throw new IllegalStateException(type + " is not a public settings record", impossible);
        }
    }

    private Object mistake(String at, String what) {
        String key = at.endsWith(".") ? at.substring(0, at.length() - 1) : at;
        mistakes.add(key.isEmpty() ? what : key + ": " + what);
        return Mistake.MADE;
    }

    private static JsonNode defaultOf(Setting setting) {
        return setting.byDefault().equals("[]")
                ? JsonNodeFactory.instance.arrayNode()
                : JsonNodeFactory.instance.textNode(setting.byDefault());
    }

    private static boolean allDefaulted(Class<?> type) {
        return Arrays.stream(type.getRecordComponents()).allMatch(component -> {
            Setting setting = component.getAnnotation(Setting.class);
            return component.getType() == Optional.class
                    || (setting != null && !setting.byDefault().isEmpty());
        });
    }

    private static Class<?> raw(Type type) {
        return type instanceof ParameterizedType parameterized
                ? (Class<?>) parameterized.getRawType()
                : (Class<?>) type;
    }

    private static Type argument(Type type) {
        return ((ParameterizedType) type).getActualTypeArguments()[0];
    }
}
