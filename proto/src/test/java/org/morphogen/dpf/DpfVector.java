package org.morphogen.dpf;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.StreamSupport;
import org.morphogen.dpf.DpfKey.Correction;

/** One vector of a file of format dpf-pir-vectors/1. */
record DpfVector(
        String id, DpfDomain domain, long targetRow, int treeDepth, List<DpfKey> keys, List<Expansion> expansions) {
    /** Names another file to test with; a relative path counts from proto/. */
    static final String FILE_PROPERTY = "dpf.vectors";

    private static final String RESOURCE = "/vectors/dpf-vectors.json";

    /** What one party's leaves must be. Large vectors give hashes only. */
    record Expansion(
            int party,
            Optional<String> allLeavesSha256,
            Optional<String> usedLeavesSha256,
            Optional<String> rowsSha256,
            Optional<String> allLeaves,
            Optional<String> rows,
            List<Sample> samples,
            Optional<String> pirAnswer) {}

    /** One leaf by its index. */
    record Sample(long leaf, Block value) {}

    static List<DpfVector> load() {
        try (InputStream in = open()) {
            JsonNode file = new ObjectMapper().readTree(in);
            if (!file.path("format").asText().equals("dpf-pir-vectors/1")) {
                throw new IllegalStateException("format: must be dpf-pir-vectors/1, is " + file.path("format"));
            }
            return elements(file, "vectors").map(DpfVector::read).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static InputStream open() throws IOException {
        String file = System.getProperty(FILE_PROPERTY);
        if (file != null) {
            return Files.newInputStream(Path.of(file).toAbsolutePath());
        }
        InputStream resource = DpfVector.class.getResourceAsStream(RESOURCE);
        if (resource == null) {
            throw new IOException("no resource " + RESOURCE);
        }
        return resource;
    }

    private static DpfVector read(JsonNode vector) {
        return new DpfVector(
                vector.required("id").asText(),
                new DpfDomain(vector.required("num_rows").asLong()),
                vector.required("target_row").asLong(),
                vector.required("tree_depth").asInt(),
                elements(vector, "keys").map(DpfVector::readKey).toList(),
                elements(vector, "expansion").map(DpfVector::readExpansion).toList());
    }

    private static DpfKey readKey(JsonNode key) {
        return new DpfKey(
                key.required("party").asInt(),
                block(key.required("root_seed")),
                elements(key, "correction_words")
                        .map(word -> new Correction(
                                block(word.required("seed")),
                                word.required("control_left").asInt(),
                                word.required("control_right").asInt()))
                        .toArray(Correction[]::new),
                block(key.required("value_correction")));
    }

    private static Expansion readExpansion(JsonNode expansion) {
        return new Expansion(
                expansion.required("party").asInt(),
                text(expansion, "all_leaves_sha256"),
                text(expansion, "used_leaves_sha256"),
                text(expansion, "rows_sha256"),
                text(expansion, "all_leaves"),
                text(expansion, "rows"),
                elements(expansion, "sample_leaves")
                        .map(sample -> new Sample(sample.required("leaf").asLong(), block(sample)))
                        .toList(),
                text(expansion, "pir_answer_sha256db"));
    }

    private static java.util.stream.Stream<JsonNode> elements(JsonNode node, String field) {
        return StreamSupport.stream(node.path(field).spliterator(), false);
    }

    private static Optional<String> text(JsonNode node, String field) {
        return Optional.ofNullable(node.get(field)).filter(JsonNode::isTextual).map(JsonNode::asText);
    }

    private static Block block(JsonNode node) {
        return Block.read(HexFormat.of().parseHex(node.required("le").asText()), 0);
    }

    @Override
    public String toString() {
        return id;
    }
}
