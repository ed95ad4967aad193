package org.morphogen.dpf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(value = 120, unit = TimeUnit.SECONDS)
class DpfEvaluatorTest {
    private static final long RANDOM_SEED = 20266;
    private static final long MOST_BYTES = 50 * 64;

    private final Random random = new Random(RANDOM_SEED);
    private final DpfEvaluator evaluator = new DpfEvaluator();

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3, 4})
    void everyRangeOfASmallTreeEqualsThatPartOfTheWhole(int depth) {
        DpfKey key = key(depth);
        byte[] whole = whole(key);
        for (int first = 0; first < 1 << depth; first++) {
            for (int count = 1; count <= (1 << depth) - first; count++) {
                assertRange(key, whole, first, count);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {9, 10, 11, 13, 15})
    void randomRangesOfALargeTreeEqualThatPartOfTheWhole(int depth) {
        DpfKey key = key(depth);
        byte[] whole = whole(key);
        for (int i = 0; i < 40; i++) {
            int first = random.nextInt(1 << depth);
            assertRange(key, whole, first, 1 + random.nextInt((1 << depth) - first));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 5, 12, 14})
    void nodesOfEveryLevelGiveTheLeavesBelowThem(int depth) {
        DpfKey key = key(depth);
        byte[] whole = whole(key);
        DpfNodes nodes = new DpfNodes();
        for (int level = 0; level <= depth; level++) {
            for (int i = 0; i < 10; i++) {
                int first = random.nextInt(1 << level);
                int count = 1 + random.nextInt((1 << level) - first);
                evaluator.expand(key, level, first, count, nodes);
                assertThat(nodes.level()).isEqualTo(level);
                assertThat(nodes.first()).isEqualTo(first);
                assertThat(nodes.count()).isEqualTo(count);
                assertLeavesBelow(key, whole, nodes);
            }
        }
    }

    @Test
    void nodesServeManyCallsAndOtherEvaluators() {
        DpfKey key = key(13);
        byte[] whole = whole(key);
        DpfNodes nodes = new DpfNodes();
        evaluator.expand(key, 3, 1, 6, nodes);
        evaluator.leaves(key(9), 3, 500, new byte[8000], 0);
        DpfEvaluator other = new DpfEvaluator();
        for (int from = 5; from >= 0; from--) {
            byte[] out = new byte[1024 * 16];
            (from % 2 == 0 ? evaluator : other).leavesBelow(key, nodes, from, 1, out, 0);
            assertThat(out)
                    .as("random seed %d, node %d", RANDOM_SEED, from)
                    .isEqualTo(Arrays.copyOfRange(whole, (1 + from) * 16384, (2 + from) * 16384));
        }
    }

    @Test
    void allocatesNothingOnceWarm() {
        DpfKey key = key(20);
        DpfNodes nodes = new DpfNodes();
        byte[] out = new byte[16 << 10];
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long fewestBytes = Long.MAX_VALUE;
        // The compiler works beside this; on a loaded machine it needs many rounds.
        for (int round = 0; round < 50_000 && fewestBytes >= MOST_BYTES; round++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < 50; i++) {
                evaluator.expand(key, 10, 100, 128, nodes);
                evaluator.leavesBelow(key, nodes, i, 1, out, 0);
            }
            fewestBytes = Math.min(fewestBytes, threads.getCurrentThreadAllocatedBytes() - before);
        }
        assertThat(fewestBytes).as("bytes allocated in 50 tiles of 16 KiB").isLessThan(MOST_BYTES);
    }

    @Test
    void refusesRangesOutsideTheTree() {
        DpfKey key = key(5);
        DpfNodes nodes = new DpfNodes();
        refused("level", () -> evaluator.expand(key, 6, 0, 1, nodes));
        refused("level", () -> evaluator.expand(key, -1, 0, 1, nodes));
        refused("nodes", () -> evaluator.expand(key, 3, -1, 1, nodes));
        refused("nodes", () -> evaluator.expand(key, 3, 0, 0, nodes));
        refused("nodes", () -> evaluator.expand(key, 3, 7, 2, nodes));
        refused("nodes", () -> evaluator.expand(key, 3, Long.MAX_VALUE, 1, nodes));
        refused("nodes", () -> evaluator.expand(key(30), 30, 0, DpfEvaluator.MAX_NODES + 1, nodes));
        byte[] out = new byte[64];
        refused("leaves", () -> evaluator.leaves(key, 32, 1, out, 0));
        refused("leaves", () -> evaluator.leaves(key, 0, 33, out, 0));
        refused("leaves", () -> evaluator.leaves(key, 0, -1, out, 0));
        refused("out", () -> evaluator.leaves(key, 0, 5, out, 0));
        refused("out", () -> evaluator.leaves(key, 0, 4, out, 1));
        refused("out", () -> evaluator.leaves(key, 0, 1, out, -1));
    }

    @Test
    void refusesNodesThatAreNotThere() {
        DpfKey key = key(5);
        DpfNodes nodes = new DpfNodes();
        byte[] out = new byte[64];
        refused("nodes", () -> evaluator.leavesBelow(key, nodes, 0, 1, out, 0));
        evaluator.expand(key, 4, 3, 2, nodes);
        refused("nodes", () -> evaluator.leavesBelow(key, nodes, 1, 2, out, 0));
        refused("nodes", () -> evaluator.leavesBelow(key, nodes, -1, 1, out, 0));
        refused("nodes", () -> evaluator.leavesBelow(key(3), nodes, 0, 1, out, 0));
        refused("out", () -> evaluator.leavesBelow(key, nodes, 0, 2, out, 1));
    }

    private DpfKey key(int depth) {
        DpfDomain domain = new DpfDomain(128L << depth);
        Block seed0 = new Block(random.nextLong(), random.nextLong());
        Block seed1 = new Block(random.nextLong(), random.nextLong());
        return DpfKeyGenerator.generate(domain, random.nextLong(domain.rows()), seed0, seed1)
                .of(random.nextInt(2));
    }

    private byte[] whole(DpfKey key) {
        byte[] whole = new byte[16 << key.depth()];
        evaluator.leaves(key, 0, 1 << key.depth(), whole, 0);
        return whole;
    }

    /** Also checks that nothing is written beside the range. */
    private void assertRange(DpfKey key, byte[] whole, int first, int count) {
        byte[] out = new byte[3 + 16 * count + 3];
        byte[] expected = new byte[out.length];
        System.arraycopy(whole, 16 * first, expected, 3, 16 * count);
        evaluator.leaves(key, first, count, out, 3);
        assertThat(out)
                .as("random seed %d, depth %d, %d leaves from %d", RANDOM_SEED, key.depth(), count, first)
                .isEqualTo(expected);
    }

    private void assertLeavesBelow(DpfKey key, byte[] whole, DpfNodes nodes) {
        int from = random.nextInt(nodes.count());
        int count = 1 + random.nextInt(nodes.count() - from);
        int height = key.depth() - nodes.level();
        byte[] out = new byte[(16 * count) << height];
        evaluator.leavesBelow(key, nodes, from, count, out, 0);
        int start = (16 * ((int) nodes.first() + from)) << height;
        assertThat(out)
                .as("random seed %d, level %d of %d, node %d", RANDOM_SEED, nodes.level(), key.depth(), nodes.first())
                .isEqualTo(Arrays.copyOfRange(whole, start, start + out.length));
    }

    private static void refused(String field, ThrowingCallable call) {
        assertThatIllegalArgumentException().isThrownBy(call).withMessageStartingWith(field + ":");
    }
}
