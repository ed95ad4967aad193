package org.morphogen.dpf;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Vectors of every width find what the scalar passes find, and many keys at once what each finds alone. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class TreePassesTest {
    private static final DpfKeyGenerator GENERATOR = new DpfKeyGenerator(new SecureRandom());

    @Test
    void vectorsAgreeWithScalars() {
        assertThat(disagreement()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {16, 32, 64})
    void vectorsOfEveryWidthAgree(int vectorBytes) throws IOException, InterruptedException {
        Process narrow = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:MaxVectorSize=" + vectorBytes,
                        "--add-modules",
                        "jdk.incubator.vector",
                        "-cp",
                        System.getProperty("java.class.path"),
                        TreePassesTest.class.getName())
                .redirectErrorStream(true)
                .start();
        String said = new String(narrow.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(narrow.waitFor()).as(said).isZero();
    }

    /** Compares in a JVM of its own, whose flags make its vectors narrow. */
    public static void main(String[] arguments) {
        String wrong = disagreement();
        System.out.println(wrong);
        System.exit(wrong.isEmpty() ? 0 : 1);
    }

    @Test
    void manyKeysAtOnceAreLikeEachAlone() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (TreePasses passes : List.of(new ScalarPasses(), new VectorPasses())) {
            for (int round = 0; round < 60; round++) {
                int depth = random.nextInt(14);
                int level = random.nextInt(depth + 1);
                int keyCount = 1 + random.nextInt(40);
                int node = random.nextInt(1 << level);
                int nodeCount = 1 + random.nextInt(Math.min(5, (1 << level) - node));
                compareBatch(new DpfEvaluator(passes), seed, depth, level, keyCount, node, nodeCount);
            }
        }
    }

    private static void compareBatch(
            DpfEvaluator evaluator, long seed, int depth, int level, int keyCount, int node, int nodeCount) {
        DpfKey[] keys = new DpfKey[keyCount];
        DpfNodes[] nodes = new DpfNodes[keyCount];
        for (int key = 0; key < keyCount; key++) {
            keys[key] = key(depth, key % 2);
            nodes[key] = new DpfNodes();
            int first = Math.max(0, node - key);
            evaluator.expand(keys[key], level, first, node + nodeCount - first, nodes[key]);
        }
        int leafBytes = (nodeCount << (depth - level)) * DpfDomain.LEAF_BYTES;
        int stride = leafBytes + 16;
        byte[] together = new byte[keyCount * stride];
        evaluator.leavesBelow(keys, nodes, keyCount, node, nodeCount, together, stride);
        for (int key = 0; key < keyCount; key++) {
            byte[] alone = new byte[leafBytes];
            evaluator.leaves(keys[key], (long) node << (depth - level), nodeCount << (depth - level), alone, 0);
            assertThat(Arrays.copyOfRange(together, key * stride, key * stride + leafBytes))
                    .as("seed %d, depth %d, level %d, key %d of %d", seed, depth, level, key, keyCount)
                    .isEqualTo(alone);
        }
    }

    private static String disagreement() {
        Random random = new Random(7);
        DpfEvaluator scalar = new DpfEvaluator(new ScalarPasses());
        DpfEvaluator vector = new DpfEvaluator(new VectorPasses());
        for (int round = 0; round < 300; round++) {
            int depth = random.nextInt(14);
            DpfKey key = key(depth, round % 2);
            int first = random.nextInt(1 << depth);
            int count = 1 + random.nextInt((1 << depth) - first);
            byte[] expected = new byte[count * DpfDomain.LEAF_BYTES];
            byte[] found = new byte[count * DpfDomain.LEAF_BYTES];
            scalar.leaves(key, first, count, expected, 0);
            vector.leaves(key, first, count, found, 0);
            if (!Arrays.equals(expected, found)) {
                return "depth " + depth + ", leaves " + first + " and " + count + " on";
            }
        }
        return "";
    }

    private static DpfKey key(int depth, int party) {
        DpfDomain domain = new DpfDomain(128L << depth);
        return GENERATOR
                .generate(domain, new Random(depth).nextLong(domain.rows()))
                .of(party);
    }
}
