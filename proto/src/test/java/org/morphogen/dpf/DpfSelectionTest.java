package org.morphogen.dpf;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Both parties' selection bits differ in the target's bit and in no other. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class DpfSelectionTest {
    private static final long RANDOM_SEED = 20265;

    private final Random random = new Random(RANDOM_SEED);
    private final DpfEvaluator evaluator = new DpfEvaluator();

    @ParameterizedTest
    @ValueSource(
            longs = {
                1, 2, 3, 7, 8, 9, 63, 64, 65, 100, 127, 128, 129, 130, 191, 192, 193, 255, 256, 257, 300, 383, 384, 385,
                511, 512, 513, 600
            })
    void everyTargetOfASmallDomain(long rows) {
        DpfDomain domain = new DpfDomain(rows);
        for (long target = 0; target < rows; target++) {
            DpfKeyPair pair = pair(domain, target);
            byte[] difference = difference(pair, 0, (int) domain.leaves());
            assertOnlyBit(difference, target, "random seed " + RANDOM_SEED + ", rows " + rows + ", target " + target);
        }
    }

    @Test
    void randomTargetsOfTwoToTheThirtyRows() {
        DpfDomain domain = new DpfDomain(1L << 30);
        for (int i = 0; i < 60; i++) {
            long target = random.nextLong(domain.rows());
            assertAroundAndElsewhere(domain, target);
        }
        assertAroundAndElsewhere(domain, 0);
        assertAroundAndElsewhere(domain, domain.rows() - 1);
    }

    @Test
    void randomTargetsOfRandomSizes() {
        for (int i = 0; i < 60; i++) {
            DpfDomain domain = new DpfDomain(1 + random.nextLong(1L << (8 + random.nextInt(33))));
            assertAroundAndElsewhere(domain, random.nextLong(domain.rows()));
        }
        DpfDomain largest = new DpfDomain(DpfDomain.MAX_ROWS);
        assertAroundAndElsewhere(largest, DpfDomain.MAX_ROWS - 1);
    }

    private void assertAroundAndElsewhere(DpfDomain domain, long target) {
        DpfKeyPair pair = pair(domain, target);
        String what = "random seed " + RANDOM_SEED + ", rows " + domain.rows() + ", target " + target;
        long targetLeaf = target >> 7;
        int count = (int) Math.min(domain.leaves(), 1 + random.nextInt(3000));
        long around = Math.clamp(targetLeaf - random.nextInt(count), 0, domain.leaves() - count);
        assertOnlyBit(difference(pair, around, count), target - 128 * around, what);

        long elsewhere = random.nextLong(domain.leaves() - count + 1);
        long targetThere = target - 128 * elsewhere;
        byte[] difference = difference(pair, elsewhere, count);
        if (targetThere >= 0 && targetThere < 128L * count) {
            assertOnlyBit(difference, targetThere, what);
        } else {
            assertThat(difference).as(what).containsOnly(0);
        }
    }

    private DpfKeyPair pair(DpfDomain domain, long target) {
        Block seed0 = new Block(random.nextLong(), random.nextLong());
        Block seed1 = new Block(random.nextLong(), random.nextLong());
        return DpfKeyGenerator.generate(domain, target, seed0, seed1);
    }

    private byte[] difference(DpfKeyPair pair, long firstLeaf, int leafCount) {
        byte[] bits = new byte[leafCount * DpfDomain.LEAF_BYTES];
        byte[] other = new byte[bits.length];
        evaluator.leaves(pair.party0(), firstLeaf, leafCount, bits, 0);
        evaluator.leaves(pair.party1(), firstLeaf, leafCount, other, 0);
        for (int i = 0; i < bits.length; i++) {
            bits[i] ^= other[i];
        }
        return bits;
    }

    private static void assertOnlyBit(byte[] bits, long bit, String what) {
        byte[] expected = new byte[bits.length];
        expected[(int) (bit >> 3)] = (byte) (1 << (bit & 7));
        assertThat(bits).as(what).isEqualTo(expected);
    }
}
