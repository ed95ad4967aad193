package org.morphogen.addressing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class TableAddressingTest {
    private static final long RANDOM_SEED = 20261;
    private static final TableSeeds SEEDS = TableSeeds.derive(new byte[] {7}, "accounts", 3, 0);

    @Test
    void rowsAreTheKeysHashAndOffsetsByItsTag() {
        Random random = new Random(RANDOM_SEED);
        for (int i = 0; i < 1000; i++) {
            long rows = 1 + random.nextLong(TableAddressing.MAX_ROWS_PER_WAY);
            byte[] key = randomKey(random, 20);
            TableAddressing addressing = new TableAddressing(SEEDS, rows);
            for (int way = 0; way < 3; way++) {
                BigInteger expected = product(SipHash.hash(SEEDS.ways().get(0), key), rows);
                if (way > 0) {
                    byte[] tag = ByteBuffer.allocate(8)
                            .order(ByteOrder.LITTLE_ENDIAN)
                            .putLong(addressing.tag(key))
                            .array();
                    expected = expected.add(product(SipHash.hash(SEEDS.ways().get(way), tag), rows))
                            .mod(BigInteger.valueOf(rows));
                }
                assertThat(addressing.row(way, key))
                        .as("random seed %d, case %d", RANDOM_SEED, i)
                        .isEqualTo(expected.longValueExact())
                        .isEqualTo(addressing.rows(key)[way]);
            }
        }
    }

    private static BigInteger product(long hash, long rows) {
        return new BigInteger(Long.toUnsignedString(hash))
                .multiply(BigInteger.valueOf(rows))
                .shiftRight(64);
    }

    @Test
    void aRowAndItsTagTellWhereElseTheKeyMayStand() {
        Random random = new Random(RANDOM_SEED);
        for (int i = 0; i < 1000; i++) {
            long rows = 1 + random.nextLong(i % 2 == 0 ? 300 : TableAddressing.MAX_ROWS_PER_WAY);
            byte[] key = randomKey(random, 20);
            TableAddressing addressing = new TableAddressing(SEEDS, rows);
            for (int way = 0; way < 3; way++) {
                for (int other = 0; other < 3; other++) {
                    assertThat(addressing.otherRow(way, addressing.row(way, key), addressing.tag(key), other))
                            .as("random seed %d, case %d, way %d from %d", RANDOM_SEED, i, other, way)
                            .isEqualTo(addressing.row(other, key));
                }
            }
        }
    }

    /** Chi-square over the pairs of rows in two ways: they are independent. */
    @Test
    void rowsOfTwoWaysAreIndependent() {
        int rows = 32;
        int keys = 400_000;
        TableAddressing addressing = new TableAddressing(SEEDS, rows);
        for (int other = 1; other < 3; other++) {
            for (int way = 0; way < other; way++) {
                int[] counts = new int[rows * rows];
                for (int i = 0; i < keys; i++) {
                    long[] candidates = addressing.rows(countingKey(i));
                    counts[(int) (candidates[way] * rows + candidates[other])]++;
                }
                assertThat(chiSquare(counts, (double) keys / counts.length))
                        .as("chi-square of ways %d and %d, 1023 degrees of freedom", way, other)
                        .isBetween(840.0, 1223.0);
            }
        }
    }

    /** Chi-square over 1024 cells; chance leaves the bounds once in some 20,000 seeds, and these seeds are fixed. */
    @Test
    void rowsSpreadEvenly() {
        int cells = 1024;
        int keys = 400_000;
        for (int way = 0; way < 3; way++) {
            int[] counts = new int[cells];
            TableAddressing addressing = new TableAddressing(SEEDS, cells);
            for (int i = 0; i < keys; i++) {
                counts[(int) addressing.row(way, countingKey(i))]++;
            }
            assertThat(chiSquare(counts, (double) keys / cells))
                    .as("chi-square of way %d, 1023 degrees of freedom", way)
                    .isBetween(840.0, 1223.0);
        }
    }

    @Test
    void aHashOfZeroBecomesTagOne() {
        assertThat(TableAddressing.tagOf(0)).isEqualTo(1);
        for (long hash : new long[] {1, 2, -1, Long.MIN_VALUE, Long.MAX_VALUE, 1L << 32}) {
            assertThat(TableAddressing.tagOf(hash)).isEqualTo(hash);
        }
    }

    @Test
    void tagIsTheHashUnderItsOwnSeed() {
        byte[] key = countingKey(5);
        assertThat(new TableAddressing(SEEDS, 100).tag(key)).isEqualTo(SipHash.hash(SEEDS.tag(), key));
    }

    @Test
    void refusesImpossibleRowCounts() {
        assertThatThrownBy(() -> new TableAddressing(SEEDS, 0)).hasMessageStartingWith("rows per way:");
        assertThatThrownBy(() -> new TableAddressing(SEEDS, (1L << 40) + 1)).hasMessageStartingWith("rows per way:");
    }

    private static double chiSquare(int[] counts, double expected) {
        double sum = 0;
        for (int count : counts) {
            sum += (count - expected) * (count - expected) / expected;
        }
        return sum;
    }

    private static byte[] randomKey(Random random, int length) {
        byte[] key = new byte[length];
        random.nextBytes(key);
        return key;
    }

    private static byte[] countingKey(int i) {
        byte[] key = new byte[20];
        key[19] = (byte) i;
        key[18] = (byte) (i >> 8);
        key[17] = (byte) (i >> 16);
        return key;
    }
}
