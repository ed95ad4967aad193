package org.morphogen.node.carousel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.morphogen.node.cuda.NeedsTestGpus;
import org.morphogen.node.cuda.TestGpus;
import org.morphogen.node.numa.Banks;
import org.morphogen.snapshot.ChunkGeometry;

/** Riders over chunks in the memory of GPUs. */
@Tag("gpu")
@NeedsTestGpus
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class GpuCarouselTest {
    /** Three chunks, the last cut short. */
    private static final ChunkGeometry WIDE = new ChunkGeometry(256, 2 * 256 + 128, 256);

    private static final ChunkGeometry NARROW = new ChunkGeometry(48, 4 * 512 + 384, 512);

    /** Fewer workers than GPUs, as many as the engine wants, and more. */
    @ParameterizedTest
    @CsvSource({"1, 2", "2, 1", "2, 4", "3, 7"})
    void ridersWhoBoardAtAnyTimeGetTheirRows(int count, int workers) throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        try (TestGpus gpus = TestGpus.open(count)) {
            Banks banks = gpus.memory().budget().banks();
            assertThat(banks.count()).isGreaterThanOrEqualTo(count);
            try (Fairground wide = new Fairground(WIDE, 1, gpus.memory());
                    Fairground narrow = new Fairground(NARROW, 2, gpus.memory());
                    Carousel carousel = new Carousel(workers, gpus.engine(), banks)) {
                if (count > 1) {
                    assertThat(narrow.banks()).as("chunks lie on several GPUs").contains(0, 1);
                }
                List<Asked> asked = new ArrayList<>();
                for (int i = 0; i < 16; i++) {
                    asked.add(Asked.of(carousel, random.nextBoolean() ? wide : narrow, random));
                    if (random.nextInt(4) == 0) {
                        Thread.sleep(random.nextInt(5));
                    }
                }
                for (Asked one : asked) {
                    one.check(seed);
                }
                assertThat(carousel.state().riders()).isZero();
                assertThat(carousel.state().arrived()).isEqualTo(2L * asked.size());
            }
        }
    }

    @Test
    void fromOneKeyAboardToAsManyAsShareAPass() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        ChunkGeometry small = new ChunkGeometry(32, 256 + 128, 256);
        try (TestGpus gpus = TestGpus.open(2);
                Fairground where = new Fairground(small, 3, gpus.memory());
                Carousel carousel =
                        new Carousel(2, gpus.engine(), gpus.memory().budget().banks())) {
            for (int keys : new int[] {1, 2, 8, 9, 63, 64, 65, 128, 200, 255, 256}) {
                Asked.of(carousel, where, keys, random).check(seed);
            }
            List<Asked> together = new ArrayList<>();
            for (int keys : new int[] {256, 1, 255, 100, 3}) {
                together.add(Asked.of(carousel, where, keys, random));
            }
            for (Asked one : together) {
                one.check(seed);
            }
        }
    }
}
