package org.morphogen.bench.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 30, unit = TimeUnit.SECONDS)
class OpenLoopTest {
    private static final long MILLI = 1_000_000;

    private long now = 5;

    @Test
    void aStallIsChargedToAllWhoWereDueMeanwhile() {
        List<Consumer<Boolean>> waiting = new ArrayList<>();
        OpenLoop loop = new OpenLoop(
                whenDone -> {
                    waiting.add(whenDone);
                    if (waiting.size() == 100) {
                        // The sender itself is held up for a second: those who were due meanwhile are sent late.
                        now += 1000 * MILLI;
                    }
                    whenDone.accept(true);
                },
                () -> now,
                nanos -> now += nanos);
        loop.run(1000, 2_000 * MILLI, 3);

        assertThat(loop.failed()).isZero();
        assertThat(loop.latencyNanos().getTotalCount())
                .isEqualTo(waiting.size())
                .isBetween(1700L, 2300L);
        assertThat(loop.latencyNanos().getValueAtPercentile(75)).isGreaterThan(200 * MILLI);
    }

    @Test
    void withoutAStallNobodyWaits() {
        OpenLoop loop = new OpenLoop(whenDone -> whenDone.accept(true), () -> now, nanos -> now += nanos);
        loop.run(1000, 500 * MILLI, 3);

        assertThat(loop.latencyNanos().getValueAtPercentile(90)).isLessThan(20 * MILLI);
    }

    @Test
    void refusalsCountAsFailures() {
        OpenLoop loop = new OpenLoop(whenDone -> whenDone.accept(false), () -> now, nanos -> now += nanos);
        loop.run(1000, 100 * MILLI, 3);

        assertThat(loop.failed()).isPositive();
        assertThat(loop.latencyNanos().getTotalCount()).isZero();
    }
}
