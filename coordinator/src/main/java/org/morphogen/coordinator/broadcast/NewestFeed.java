package org.morphogen.coordinator.broadcast;

import io.grpc.stub.ServerCallStreamObserver;
import org.jspecify.annotations.Nullable;
import org.morphogen.failure.Failures;
import org.morphogen.failure.MorphogenException;

/**
 * Sends one reader the newest value whenever it is ready for one; what it was too slow for is skipped, so a feed holds
 * one value at most. Thread-safe; never blocks.
 */
final class NewestFeed<T> {
    private final ServerCallStreamObserver<T> reader;
    private @Nullable T pending;
    private @Nullable MorphogenException failure;
    private boolean ending;
    private boolean closed;

    /** Must be made before the call's method returns: gRPC takes the handlers only until then. */
    NewestFeed(ServerCallStreamObserver<T> reader) {
        this.reader = reader;
    }

    /** Listens to the reader; {@code gone} runs once it has hung up. */
    void open(Runnable gone) {
        reader.setOnReadyHandler(this::drain);
        reader.setOnCancelHandler(() -> {
            close();
            gone.run();
        });
    }

    synchronized void offer(T value) {
        pending = value;
        drain();
    }

    /** Ends the call after the last value offered, with an error status where there is a failure. */
    synchronized void end(@Nullable MorphogenException why) {
        ending = true;
        failure = why;
        drain();
    }

    private synchronized void close() {
        closed = true;
        pending = null;
    }

    private synchronized void drain() {
        if (closed) {
            return;
        }
        if (pending != null && reader.isReady()) {
            reader.onNext(pending);
            pending = null;
        }
        if (ending && pending == null) {
            closed = true;
            if (failure == null) {
                reader.onCompleted();
            } else {
                reader.onError(Failures.toStatus(failure));
            }
        }
    }
}
