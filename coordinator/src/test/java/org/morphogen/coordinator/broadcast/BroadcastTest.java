package org.morphogen.coordinator.broadcast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.stub.ServerCallStreamObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.Failures;
import org.morphogen.failure.MorphogenException;

@Timeout(value = 10, unit = TimeUnit.SECONDS)
class BroadcastTest {
    private final Broadcast<Integer> broadcast = new Broadcast<>(2);

    @Test
    void aLateReaderGetsTheNewestAndThenEveryNewerOne() {
        broadcast.publish(1);
        broadcast.publish(2);
        Reader reader = new Reader(true);

        broadcast.subscribe(reader);
        broadcast.publish(3);

        assertThat(reader.got).containsExactly(2, 3);
    }

    @Test
    void aSlowReaderSkipsAndEndsWithTheNewestWhileOthersAreNotHeldUp() {
        Reader slow = new Reader(false);
        Reader quick = new Reader(true);
        broadcast.subscribe(slow);
        broadcast.subscribe(quick);
        for (int i = 1; i <= 100; i++) {
            broadcast.publish(i);
        }
        assertThat(slow.got).isEmpty();

        slow.becomeReady();

        assertThat(slow.got).containsExactly(100);
        assertThat(quick.got).hasSize(100);
    }

    @Test
    void theLastValueComesBeforeTheEnd() {
        Reader slow = new Reader(false);
        broadcast.subscribe(slow);
        broadcast.publish(1);
        broadcast.end(Optional.of(new MorphogenException(FailureReason.UNAVAILABLE, "over")));
        assertThat(slow.ended).isFalse();

        slow.becomeReady();

        assertThat(slow.got).containsExactly(1);
        assertThat(slow.ended).isTrue();
        assertThat(Failures.fromStatus("", slow.error == null ? new AssertionError() : slow.error)
                        .reason())
                .isEqualTo(FailureReason.UNAVAILABLE);
    }

    @Test
    void aReaderThatComesAfterTheEndGetsTheLastValueAndTheEnd() {
        broadcast.publish(1);
        broadcast.end(Optional.empty());
        Reader late = new Reader(true);

        broadcast.subscribe(late);

        assertThat(late.got).containsExactly(1);
        assertThat(late.ended).isTrue();
        assertThat(late.error).isNull();
    }

    @Test
    void readersAreBoundedAndOneThatHangsUpMakesRoom() {
        Reader first = new Reader(true);
        broadcast.subscribe(first);
        broadcast.subscribe(new Reader(true));
        assertThatThrownBy(() -> broadcast.subscribe(new Reader(true)))
                .isInstanceOfSatisfying(
                        MorphogenException.class,
                        refused -> assertThat(refused.reason()).isEqualTo(FailureReason.BUSY));

        first.hangUp();
        broadcast.subscribe(new Reader(true));
        broadcast.publish(1);

        assertThat(first.got).isEmpty();
    }

    /** A reader whose readiness the test decides. */
    private static final class Reader extends ServerCallStreamObserver<Integer> {
        final List<Integer> got = new ArrayList<>();
        private boolean ready;
        private boolean ended;
        private @Nullable Throwable error;
        private Runnable onReady = () -> {};
        private Runnable onCancel = () -> {};

        Reader(boolean ready) {
            this.ready = ready;
        }

        void becomeReady() {
            ready = true;
            onReady.run();
        }

        void hangUp() {
            onCancel.run();
        }

        @Override
        public boolean isCancelled() {
            return false;
        }

        @Override
        public void setOnCancelHandler(Runnable handler) {
            onCancel = handler;
        }

        @Override
        public void setCompression(String compression) {}

        @Override
        public boolean isReady() {
            return ready;
        }

        @Override
        public void setOnReadyHandler(Runnable handler) {
            onReady = handler;
        }

        @Override
        public void request(int count) {}

        @Override
        public void setMessageCompression(boolean enable) {}

        @Override
        public void disableAutoInboundFlowControl() {}

        @Override
        public void onNext(Integer value) {
            got.add(value);
        }

        @Override
        public void onError(Throwable thrown) {
            ended = true;
            error = thrown;
        }

        @Override
        public void onCompleted() {
            ended = true;
        }
    }
}
