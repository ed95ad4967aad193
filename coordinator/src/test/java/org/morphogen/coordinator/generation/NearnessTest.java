package org.morphogen.coordinator.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.morphogen.coordinator.generation.Nearness.BLOCKS_NEAR;
import static org.morphogen.coordinator.generation.Nearness.FEW_BLOCKS;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 10, unit = TimeUnit.SECONDS)
class NearnessTest {
    private final Nearness nearness = new Nearness();

    @Test
    void comesWithBlocksAndNotWithTime() {
        for (int look = 0; look < 1000; look++) {
            assertThat(nearness.lasts(FEW_BLOCKS, 70)).isFalse();
        }
        assertThat(nearness.lasts(FEW_BLOCKS, 70 + BLOCKS_NEAR - 1)).isFalse();
        assertThat(nearness.lasts(1, 70 + BLOCKS_NEAR)).isTrue();
    }

    @Test
    void beginsAnewAfterFallingBehind() {
        assertThat(nearness.lasts(1, 10)).isFalse();
        assertThat(nearness.lasts(FEW_BLOCKS + 1, 30)).isFalse();
        assertThat(nearness.lasts(FEW_BLOCKS, 31)).isFalse();

        assertThat(nearness.lasts(FEW_BLOCKS, 10 + BLOCKS_NEAR)).isFalse();
        assertThat(nearness.lasts(FEW_BLOCKS, 31 + BLOCKS_NEAR)).isTrue();
    }

    @Test
    void isNothingWhileFarBehind() {
        for (long epoch = 0; epoch < 200; epoch++) {
            assertThat(nearness.lasts(FEW_BLOCKS + 1, epoch)).isFalse();
        }
    }
}
