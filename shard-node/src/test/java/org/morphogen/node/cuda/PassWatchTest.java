package org.morphogen.node.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 10, unit = TimeUnit.SECONDS)
class PassWatchTest {
    private final AtomicLong clock = new AtomicLong(Long.MAX_VALUE - 5);
    private final PassWatch watch = new PassWatch(clock::get);

    @Test
    void complainsOfAPassThatDoesNotEnd() {
        long hanging = watch.begin();
        long other = watch.begin();
        clock.addAndGet(TimeUnit.SECONDS.toNanos(30));
        watch.succeeded(other);
        assertThat(watch.complaint()).isEmpty();
        clock.incrementAndGet();
        assertThat(watch.complaint()).hasValue("has been at one scan for over 30 s");
        watch.succeeded(hanging);
        assertThat(watch.complaint()).isEmpty();
    }

    @Test
    void complainsOfPassesThatAllFail() {
        for (int i = 0; i < 7; i++) {
            watch.failed(watch.begin(), new IllegalStateException("no " + i));
        }
        assertThat(watch.complaint()).isEmpty();
        watch.succeeded(watch.begin());
        for (int i = 0; i < 7; i++) {
            watch.failed(watch.begin(), new IllegalStateException("no " + i));
        }
        assertThat(watch.complaint()).isEmpty();
        watch.failed(watch.begin(), new IllegalStateException("no more"));
        assertThat(watch.complaint()).hasValue("has failed 8 times in a row, the last time with no more");
    }
}
