package org.morphogen.node.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.morphogen.dpf.DpfDomain;
import org.morphogen.dpf.DpfEvaluator;
import org.morphogen.dpf.DpfKey;
import org.morphogen.dpf.DpfKeyCodec;
import org.morphogen.dpf.DpfKeyGenerator;
import org.morphogen.dpf.DpfNodes;
import org.morphogen.node.chunk.ChunkMemory;
import org.morphogen.node.engine.Accumulators;
import org.morphogen.node.engine.SegmentBatch;
import org.morphogen.node.layout.SegmentGeometry;

/** The CUDA engine against the scalar one, over the same rows, for the same keys. */
@Tag("gpu")
@NeedsTestGpus
@Timeout(value = 300, unit = TimeUnit.SECONDS)
class CudaAnswersTest {
    private static final long SEED = 77_001;
    private static final Path VECTORS = Path.of("../proto/src/test/resources/vectors/dpf-vectors.json");
    private static final int MOST_VECTOR_ROWS = 1 << 17;
    private static final int[] WIDTHS = {16, 32, 48, 64, 80, 96, 112, 128, 144, 256, 272, 1008, 1024, 2064, 4096};
    private static final int[] FEW_ROWS = {128, 1024 + 384};
    private static final int[] ROWS = {128, 256, 384, 1024, 1024 + 896, 4096 + 128};

    private final Random random = new Random(SEED);
    private final DpfKeyGenerator generator = new DpfKeyGenerator(new SecureRandom());
    private TestGpus gpus;

    @BeforeEach
    void open() {
        gpus = TestGpus.open(1, 1 << 30);
    }

    @AfterEach
    void close() {
        gpus.close();
    }

    @Test
    void everyWidthAndOddSizes() {
        for (int rowBytes : WIDTHS) {
            for (int rows : rowBytes < 1000 ? ROWS : FEW_ROWS) {
                check(rowBytes, rows, 0, 1 + random.nextInt(5), 0);
            }
        }
    }

    @Test
    void everyBatchSize() {
        for (int keys = 1; keys <= 67; keys++) {
            check(48, 1024 + 256, 0, keys, 0);
        }
        for (int keys : new int[] {128, 129, 256}) {
            check(32, 2048, 0, keys, 0);
        }
    }

    @Test
    void chunksFarFromTheBeginningOfAWay() {
        for (int chunk : new int[] {1, 5, 1000}) {
            check(32, 1024, chunk, 3, 0);
        }
    }

    @Test
    void rowsAsTheyWereAtOtherEpochs() {
        for (int entries : new int[] {1, 2, 31, 500}) {
            for (int rowBytes : new int[] {16, 48, 256, 1008}) {
                check(rowBytes, 1024, 0, 1 + random.nextInt(20), entries);
            }
        }
        check(4096, 256, 1, 70, 200);
    }

    @Test
    void rowsWiderThanThoseOfOtherEngines() {
        for (int rowBytes : new int[] {4112, 8192, 32 << 10}) {
            for (int keyCount : new int[] {1, 9}) {
                checkPlainly(rowBytes, 384, keyCount);
            }
        }
    }

    /** Against rows that are picked one by one. */
    private void checkPlainly(int rowBytes, int rows, int keyCount) {
        DpfDomain domain = new DpfDomain(rows);
        byte[] plain = new byte[rows * rowBytes];
        random.nextBytes(plain);
        SegmentBatch batch = new SegmentBatch();
        ChunkMemory chunk = Subject.loaded(gpus.memory(), rowBytes, rows, plain);
        batch.begin(new SegmentGeometry(rowBytes, 0, 512, 1), chunk.rows(), 0, 0);
        byte[] expected = new byte[keyCount * rowBytes];
        DpfEvaluator evaluator = new DpfEvaluator();
        byte[] bits = new byte[512 / 8];
        for (int key = 0; key < keyCount; key++) {
            DpfKey made = generator.generate(domain, random.nextInt(rows)).of(key % 2);
            DpfNodes root = new DpfNodes();
            evaluator.expand(made, 0, 0, 1, root);
            batch.add(made, root);
            evaluator.leaves(made, 0, 4, bits, 0);
            for (int row = 0; row < rows; row++) {
                for (int i = 0; i < rowBytes && (bits[row / 8] >> (row % 8) & 1) == 1; i++) {
                    expected[key * rowBytes + i] ^= plain[row * rowBytes + i];
                }
            }
        }
        Accumulators sums = new Accumulators(keyCount, rowBytes);
        gpus.engine().newScan().scan(batch, sums);
        chunk.release();
        assertThat(sums.toBytes())
                .as("seed %d, %d keys, rows of %d bytes", SEED, keyCount, rowBytes)
                .isEqualTo(expected);
    }

    @Test
    void publishedVectors() throws IOException {
        checkVectors(0, MOST_VECTOR_ROWS, 17);
    }

    @Test
    @Tag("long")
    void theLargestPublishedVectors() throws IOException {
        checkVectors(MOST_VECTOR_ROWS + 1, Long.MAX_VALUE, 4);
    }

    private void checkVectors(long leastRows, long mostRows, int count) throws IOException {
        int checked = 0;
        for (JsonNode vector : new ObjectMapper().readTree(VECTORS.toFile()).required("vectors")) {
            long rows = vector.required("num_rows").asLong();
            if (rows >= leastRows && rows <= mostRows) {
                List<DpfKey> keys = new ArrayList<>();
                vector.required("keys").forEach(key -> keys.add(key(key)));
                int whole = (int) ((rows + 127) & -128);
                try (Subject subject = new Subject(gpus, new DpfDomain(rows), 16, whole, 0, random)) {
                    assertThat(subject.found(keys, List.of()))
                            .as(vector.required("id").asText())
                            .isEqualTo(subject.expected(keys, List.of()));
                }
                checked++;
            }
        }
        assertThat(checked).isEqualTo(count);
    }

    /** As {@link DpfKeyCodec} writes it. */
    private static DpfKey key(JsonNode vector) {
        JsonNode corrections = vector.required("correction_words");
        int depth = corrections.size();
        byte[] controls = new byte[(depth + 3) / 4];
        ByteBuffer bytes = ByteBuffer.allocate(DpfKeyCodec.encodedBytes(depth));
        bytes.put((byte) DpfKeyCodec.VERSION)
                .put((byte) vector.required("party").asInt())
                .put((byte) depth)
                .put(block(vector.required("root_seed")));
        for (int level = 0; level < depth; level++) {
            JsonNode correction = corrections.get(level);
            bytes.put(block(correction.required("seed")));
            int both = correction.required("control_left").asInt()
                    | correction.required("control_right").asInt() << 1;
            controls[level / 4] |= (byte) (both << (level % 4 * 2));
        }
        bytes.put(controls).put(block(vector.required("value_correction")));
        return DpfKeyCodec.decode(bytes.array());
    }

    private static byte[] block(JsonNode node) {
        return HexFormat.of().parseHex(node.required("le").asText());
    }

    /** A chunk of random rows of a way of more rows; both parties' keys among the others. */
    private void check(int rowBytes, int rows, int chunk, int keyCount, int entries) {
        int chunkRows = Integer.highestOneBit(2 * rows - 1);
        DpfDomain domain = new DpfDomain((long) chunkRows * (chunk + 1));
        List<DpfKey> keys = IntStream.range(0, keyCount)
                .mapToObj(key -> generator
                        .generate(domain, random.nextLong(domain.rows()))
                        .of(key % 2))
                .toList();
        try (Subject subject = new Subject(gpus, domain, rowBytes, rows, chunk, random)) {
            List<Subject.Change> changes = entries == 0
                    ? Collections.emptyList()
                    : List.of(
                            subject.change(0, (keyCount + 1) / 2, entries, random),
                            subject.change(keyCount / 2, keyCount - keyCount / 2, entries / 2 + 1, random));
            assertThat(subject.found(keys, changes))
                    .as(
                            "seed %d: %d keys, %d rows of %d bytes, chunk %d, %d entries",
                            SEED, keyCount, rows, rowBytes, chunk, entries)
                    .isEqualTo(subject.expected(keys, changes));
        }
    }
}
