package org.morphogen.settings;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;

/**
 * Reads a YAML file into a settings record. All mistakes are told at once: unknown keys with the nearest known one,
 * missing keys, values of the wrong form, and what the records' own constructors refuse. Relative paths in the file
 * mean paths beside the file.
 */
public final class SettingsFile {
    private static final long MAX_BYTES = 1 << 20;
    private static final YAMLMapper YAML = YAMLMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private SettingsFile() {}

    /** The settings in {@code file}; fails with SETTINGS_INVALID and every mistake in the message. */
    public static <T extends Record> T load(Path file, Class<T> type) {
        Path folder = file.toAbsolutePath().getParent();
        List<String> mistakes = new ArrayList<>();
        Object bound = new RecordBinder(folder == null ? Path.of("/") : folder, mistakes).bind(parse(file), type, "");
        if (!mistakes.isEmpty() || bound instanceof RecordBinder.Mistake) {
            throw new MorphogenException(
                    FailureReason.SETTINGS_INVALID, file + ":\n  " + String.join("\n  ", mistakes) + "\n");
        }
        return type.cast(bound);
    }

    /** Jackson would take an alias for a text, its name. */
    private static void requireNoAliases(Path file, byte[] bytes) throws IOException {
        try (YAMLParser parser = YAML.getFactory().createParser(bytes)) {
            while (parser.nextToken() != null) {
                if (parser.isCurrentAlias()) {
                    throw new MorphogenException(
                            FailureReason.SETTINGS_INVALID,
                            file + ": '*" + parser.getText() + "' in line "
                                    + parser.currentTokenLocation().getLineNr()
                                    + ": settings files have no aliases; write the value out.");
                }
            }
        }
    }

    private static JsonNode parse(Path file) {
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw new MorphogenException(
                        FailureReason.SETTINGS_INVALID, file + " is over 1 MiB and so no settings file.");
            }
            byte[] bytes = Files.readAllBytes(file);
            requireNoAliases(file, bytes);
            JsonNode root = YAML.readTree(bytes);
            return root == null || root.isMissingNode() || root.isNull() ? JsonNodeFactory.instance.objectNode() : root;
        } catch (JacksonException broken) {
            throw new MorphogenException(
                    FailureReason.SETTINGS_INVALID,
                    file + " is not YAML: " + broken.getOriginalMessage() + line(broken) + ".",
                    Map.of(),
                    broken);
        } catch (IOException unreadable) {
            throw new MorphogenException(
                    FailureReason.SETTINGS_INVALID,
                    "Cannot read the settings file " + file + ".",
                    Map.of(),
                    unreadable);
        }
    }

    private static String line(JacksonException broken) {
        JsonLocation location = broken.getLocation();
        return location == null ? "" : " (line " + location.getLineNr() + ")";
    }
}
