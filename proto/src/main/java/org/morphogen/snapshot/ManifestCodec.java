package org.morphogen.snapshot;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.deser.std.StdScalarDeserializer;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdScalarSerializer;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.morphogen.addressing.HashSeed;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;

/**
 * The manifest as JSON. Writing is canonical: equal manifests give equal bytes, so their SHA-256 names the snapshot.
 * Reading is strict: unknown, missing, repeated or impossible fields are refused with the field's name.
 */
public final class ManifestCodec {
    /** Longest manifest that is read, bytes. */
    public static final int MAX_BYTES = 64 << 20;

    private static final JsonMapper JSON = JsonMapper.builder()
            .addModule(new Jdk8Module())
            .addModule(new SimpleModule()
                    .addSerializer(HashSeed.class, new SeedWriter())
                    .addDeserializer(HashSeed.class, new SeedReader()))
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .build();

    private static final DefaultPrettyPrinter PRINTER = new DefaultPrettyPrinter()
            .withObjectIndenter(new DefaultIndenter("  ", "\n"))
            .withArrayIndenter(new DefaultIndenter("  ", "\n"));

    private ManifestCodec() {}

    /** The canonical bytes. */
    public static byte[] encode(Manifest manifest) {
        try {
            return (JSON.writer(PRINTER).writeValueAsString(manifest) + "\n").getBytes(StandardCharsets.UTF_8);
        } catch (JacksonException impossible) {
            throw new IllegalStateException("a manifest is always writable", impossible);
        }
    }

    /** Reads a manifest; fails with SNAPSHOT_INVALID naming the field. */
    public static Manifest decode(byte[] bytes) {
        if (bytes.length > MAX_BYTES) {
            throw invalid("is over " + (MAX_BYTES >> 20) + " MiB", null);
        }
        try {
            return JSON.readValue(bytes, Manifest.class);
        } catch (JsonMappingException broken) {
            throw invalid(path(broken) + String.valueOf(rootMessage(broken)), broken);
        } catch (JacksonException broken) {
            throw invalid("is not JSON: " + broken.getOriginalMessage(), broken);
        } catch (IOException impossible) {
            throw new IllegalStateException("bytes at hand can be read", impossible);
        }
    }

    /** The name of the snapshot whose manifest has these bytes. */
    public static SnapshotDigest digest(byte[] manifestBytes) {
        return new SnapshotDigest(Sha256.of(manifestBytes));
    }

    private static String path(JsonMappingException broken) {
        StringBuilder path = new StringBuilder();
        for (JsonMappingException.Reference step : broken.getPath()) {
            if (step.getFieldName() == null) {
                path.append('[').append(step.getIndex()).append(']');
            } else {
                path.append(path.isEmpty() ? "" : ".").append(step.getFieldName());
            }
        }
        return path.isEmpty() ? "" : path.append(": ").toString();
    }

    private static String rootMessage(JsonMappingException broken) {
        Throwable cause = broken.getCause();
        return cause instanceof IllegalArgumentException || cause instanceof MorphogenException
                ? String.valueOf(cause.getMessage())
                : broken.getOriginalMessage();
    }

    private static MorphogenException invalid(String what, @Nullable Throwable cause) {
        return new MorphogenException(
                FailureReason.SNAPSHOT_INVALID, Manifest.FILE + " " + what + ".", Map.of(), cause);
    }

    private static final class SeedWriter extends StdScalarSerializer<HashSeed> {
        SeedWriter() {
            super(HashSeed.class);
        }

        @Override
        public void serialize(HashSeed seed, JsonGenerator out, SerializerProvider provider) throws IOException {
            out.writeString(seed.hex());
        }
    }

    private static final class SeedReader extends StdScalarDeserializer<HashSeed> {
        SeedReader() {
            super(HashSeed.class);
        }

        @Override
        public HashSeed deserialize(JsonParser in, DeserializationContext context) throws IOException {
            return HashSeed.parse(in.getText());
        }
    }
}
