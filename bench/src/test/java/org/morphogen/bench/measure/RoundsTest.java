package org.morphogen.bench.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 30, unit = TimeUnit.SECONDS)
class RoundsTest {
    @Test
    void theRatioIsTheMedianOfTheRoundsRatios() {
        Rounds rounds = new Rounds(List.of(100L, 200L, 300L), List.of(50L, 400L, 300L));

        assertThat(rounds.ratio(1)).isEqualTo(new Spread(0.5, 1, 2));
        assertThat(rounds.ratio(8).median()).isEqualTo(8);
    }

    @Test
    void anEvenNumberOfValuesHasTheMiddleOfTwo() {
        assertThat(Spread.of(List.of(4.0, 1.0, 3.0, 2.0)).median()).isEqualTo(2.5);
        assertThatThrownBy(() -> Spread.of(List.of())).hasMessageContaining("values");
    }

    @Test
    void warmUpsDoNotCount() throws Exception {
        List<String> ran = new ArrayList<>();
        Rounds rounds = Rounds.run(2, 3, () -> ran.add("baseline"), () -> ran.add("subject"));

        assertThat(ran).hasSize(10).startsWith("baseline", "subject", "baseline");
        assertThat(rounds.subjectNanos()).hasSize(3);
    }

    @Test
    void theReadLimitReadsEverything() throws Exception {
        try (Arena arena = Arena.ofShared();
                ReadLimit limit = new ReadLimit(2)) {
            MemorySegment memory = arena.allocate((9 << 20) + 1024, 64);
            Random random = new Random(5);
            long expected = 0;
            for (long at = 0; at < memory.byteSize(); at += 8) {
                long word = random.nextLong();
                memory.set(ValueLayout.JAVA_LONG, at, word);
                expected ^= word;
            }
            assertThat(limit.xor(List.of(memory))).isEqualTo(expected);
        }
    }
}
