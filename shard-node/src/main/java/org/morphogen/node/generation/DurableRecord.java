package org.morphogen.node.generation;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.morphogen.node.chunk.DurableFile;
import org.morphogen.node.chunk.Storage;

/** A record kept in a JSON file that survives crashes. Thread-safe. */
final class DurableRecord<T extends Record> {
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private final Class<T> type;

    DurableRecord(Class<T> type) {
        this.type = type;
    }

    /** The record in {@code file}, or empty when there is no file; fails with STORAGE_FAILED when it is no such record. */
    Optional<T> read(Path file) {
        try {
            T value = JSON.readValue(Files.readAllBytes(file), type);
            if (value == null) {
                throw new MorphogenException(FailureReason.STORAGE_FAILED, file + " is damaged: it holds nothing.");
            }
            return Optional.of(value);
        } catch (NoSuchFileException none) {
            return Optional.empty();
        } catch (JacksonException broken) {
            throw new MorphogenException(
                    FailureReason.STORAGE_FAILED,
                    file + " is damaged: " + broken.getOriginalMessage() + ".",
                    Map.of(),
                    broken);
        } catch (IOException unreadable) {
            throw Storage.failed("read", file, unreadable);
        }
    }

    /** Once this returns, the record survives a crash. */
    void write(Path file, T value) {
        try {
            DurableFile.write(file, JSON.writeValueAsBytes(value));
        } catch (IOException stuck) {
            throw Storage.failed("write", file, stuck);
        }
    }
}
