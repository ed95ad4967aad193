package org.morphogen.dpf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.security.SecureRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class DpfDomainTest {
    @ParameterizedTest
    @CsvSource({
        "1, 0, 1, 1",
        "128, 0, 1, 1",
        "129, 1, 2, 2",
        "256, 1, 2, 2",
        "257, 2, 4, 3",
        "300, 2, 4, 3",
        "1073741823, 23, 8388608, 8388608",
        "1073741824, 23, 8388608, 8388608",
        "1073741825, 24, 16777216, 8388609",
        "1099511627776, 33, 8589934592, 8589934592"
    })
    void treeHasTheDepthOfTheSpecification(long rows, int depth, long leaves, long usedLeaves) {
        DpfDomain domain = new DpfDomain(rows);
        assertThat(domain.depth()).isEqualTo(depth);
        assertThat(domain.leaves()).isEqualTo(leaves);
        assertThat(domain.usedLeaves()).isEqualTo(usedLeaves);
    }

    @Test
    void refusesImpossibleSizes() {
        for (long rows : new long[] {0, -1, Long.MIN_VALUE, (1L << 40) + 1, Long.MAX_VALUE}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> new DpfDomain(rows))
                    .withMessageStartingWith("rows:");
        }
    }

    @Test
    void refusesTargetsOutsideWithoutTellingThem() {
        DpfKeyGenerator generator = new DpfKeyGenerator(new SecureRandom());
        for (long target : new long[] {-1, 300, Long.MAX_VALUE, Long.MIN_VALUE}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> generator.generate(new DpfDomain(300), target))
                    .withMessage("target row: is outside the domain");
        }
    }

    @Test
    void partiesAreZeroAndOne() {
        DpfKeyPair pair = new DpfKeyGenerator(new SecureRandom()).generate(new DpfDomain(300), 7);
        assertThat(pair.of(0)).isSameAs(pair.party0());
        assertThat(pair.of(1)).isSameAs(pair.party1());
        assertThat(pair.party0().party()).isZero();
        assertThat(pair.party1().party()).isEqualTo(1);
        assertThatIllegalArgumentException().isThrownBy(() -> pair.of(2)).withMessageStartingWith("party:");
    }

    @Test
    void everyPairIsFresh() {
        DpfKeyGenerator generator = new DpfKeyGenerator(new SecureRandom());
        byte[] one =
                DpfKeyCodec.encode(generator.generate(new DpfDomain(300), 7).party0());
        byte[] other =
                DpfKeyCodec.encode(generator.generate(new DpfDomain(300), 7).party0());
        assertThat(one).isNotEqualTo(other);
    }
}
