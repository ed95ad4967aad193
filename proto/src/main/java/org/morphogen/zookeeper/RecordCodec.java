package org.morphogen.zookeeper;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;

/**
 * A record as the JSON bytes of a znode. Unknown fields are passed over, so that processes of two versions can live
 * beside each other during an upgrade. Thread-safe.
 */
public final class RecordCodec<T extends Record> {
    private static final JsonMapper JSON = JsonMapper.builder()
            .addModule(new Jdk8Module())
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private final Class<T> type;

    /** A codec for one record type. */
    public RecordCodec(Class<T> type) {
        this.type = type;
    }

    /** The record's bytes. */
    public byte[] encode(T value) {
        try {
            return JSON.writeValueAsBytes(value);
        } catch (JacksonException impossible) {
            throw new IllegalStateException("a " + type.getSimpleName() + " is always writable", impossible);
        }
    }

    /** Reads the znode at {@code path}; fails with STORAGE_FAILED naming it when the bytes are no such record. */
    public T decode(String path, byte[] bytes) {
        try {
            T value = JSON.readValue(bytes, type);
            if (value == null) {
                throw unsound(path, null);
            }
            return value;
        } catch (IOException broken) {
            throw unsound(path, broken);
        }
    }

    private MorphogenException unsound(String path, @Nullable Throwable cause) {
        return new MorphogenException(
                FailureReason.STORAGE_FAILED,
                "ZooKeeper's " + path + " does not hold a sound " + type.getSimpleName() + ".",
                Map.of(),
                cause);
    }
}
