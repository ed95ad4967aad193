package org.morphogen.dpf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class SubtreeKeyTest {
    private static final long SEED = 5101;
    private static final int GUARD_BYTES = 24;

    private final DpfEvaluator evaluator = new DpfEvaluator();
    private final FixedKeyAes left = FixedKeyAes.forLeftChildren();
    private final FixedKeyAes right = FixedKeyAes.forRightChildren();
    private final FixedKeyAes value = FixedKeyAes.forLeafValues();

    @ParameterizedTest
    @CsvSource({"0, 0", "1, 0", "5, 0", "5, 2", "5, 5", "9, 3"})
    void holdsAllThatTheLeavesBelowItsNodeNeed(int depth, int level) {
        Random random = new Random(SEED + depth + level);
        DpfDomain domain = new DpfDomain(128L << depth);
        DpfKeyPair pair = new DpfKeyGenerator(new SecureRandom()).generate(domain, random.nextLong(domain.rows()));
        for (int party = 0; party < 2; party++) {
            DpfKey key = pair.of(party);
            DpfNodes nodes = new DpfNodes();
            int first = level == 0 ? 0 : 1;
            evaluator.expand(key, level, first, (1 << level) - first, nodes);
            for (int node = first; node < 1 << level; node++) {
                int height = depth - level;
                ByteBuffer bytes = ByteBuffer.allocate(SubtreeKey.bytes(height) + 2 * GUARD_BYTES);
                SubtreeKey.write(key, nodes, node, bytes, GUARD_BYTES);
                byte[] leaves = new byte[16 << height];
                evaluator.leavesBelow(key, nodes, node - first, 1, leaves, 0);
                assertThat(leavesOf(bytes.array(), height))
                        .as("seed %d, party %d, node %d", SEED, party, node)
                        .isEqualTo(leaves);
                assertThat(Arrays.copyOf(bytes.array(), GUARD_BYTES)).containsOnly(0);
                assertThat(Arrays.copyOfRange(bytes.array(), bytes.capacity() - GUARD_BYTES, bytes.capacity()))
                        .containsOnly(0);
            }
        }
    }

    @Test
    void refusesNodesThatAreNotKnown() {
        DpfKey key = new DpfKeyGenerator(new SecureRandom())
                .generate(new DpfDomain(1024), 7)
                .of(0);
        DpfNodes nodes = new DpfNodes();
        evaluator.expand(key, 2, 1, 2, nodes);
        ByteBuffer into = ByteBuffer.allocate(SubtreeKey.bytes(1));
        assertThatIllegalArgumentException().isThrownBy(() -> SubtreeKey.write(key, nodes, 0, into, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> SubtreeKey.write(key, nodes, 3, into, 0));
    }

    /** By walking from the node to each leaf, with nothing but the bytes. */
    private byte[] leavesOf(byte[] bytes, int height) {
        byte[] leaves = new byte[16 << height];
        for (int leaf = 0; leaf < 1 << height; leaf++) {
            Block seed = block(bytes, 0);
            long control = block(bytes, 1).low();
            for (int level = 0; level < height; level++) {
                int side = leaf >> (height - 1 - level) & 1;
                Block child = (side == 0 ? left : right)
                        .hash(seed)
                        .xor(block(bytes, 2 + 2 * level + side).and(-control));
                control = child.lowestBit();
                seed = child.clearLowestBit();
            }
            value.hash(seed).xor(block(bytes, 2 + 2 * height).and(-control)).write(leaves, 16 * leaf);
        }
        return leaves;
    }

    private static Block block(byte[] bytes, int index) {
        return Block.read(bytes, GUARD_BYTES + 16 * index);
    }
}
