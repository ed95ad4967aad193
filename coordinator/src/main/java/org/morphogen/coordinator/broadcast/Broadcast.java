package org.morphogen.coordinator.broadcast;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;

/**
 * The newest of a series of values, and its readers. Every reader gets the value as it stands and then newer ones as
 * fast as it reads; a slow reader skips values and always ends with the newest. Thread-safe; publishing never waits
 * for a reader.
 */
public final class Broadcast<T> {
    private final int maxReaders;
    private final Set<NewestFeed<T>> feeds = new HashSet<>();
    private @Nullable T newest;
    private @Nullable MorphogenException failure;
    private boolean ended;

    /** At most {@code maxReaders} readers at a time. */
    public Broadcast(int maxReaders) {
        this.maxReaders = maxReaders;
    }

    /** The newest value, if there was any. */
    public synchronized Optional<T> newest() {
        return Optional.ofNullable(newest);
    }

    /** Hands a value to all readers. */
    public synchronized void publish(T value) {
        newest = value;
        feeds.forEach(feed -> feed.offer(value));
    }

    /** Ends all readers' calls, and those of later readers, well or with a failure. */
    public synchronized void end(Optional<MorphogenException> why) {
        ended = true;
        failure = why.orElse(null);
        feeds.forEach(feed -> feed.end(failure));
        feeds.clear();
    }

    /**
     * Adds the reader of a server call. To be called from the call's own method, which gRPC asks for.
     *
     * @throws MorphogenException BUSY when there are as many readers as there may be
     */
    public synchronized void subscribe(StreamObserver<T> reader) {
        if (feeds.size() >= maxReaders) {
            throw new MorphogenException(
                    FailureReason.BUSY,
                    "There are " + maxReaders + " watchers already.",
                    Map.of("limit", Integer.toString(maxReaders)));
        }
        NewestFeed<T> feed = new NewestFeed<>((ServerCallStreamObserver<T>) reader);
        feed.open(() -> remove(feed));
        if (newest != null) {
            feed.offer(newest);
        }
        if (ended) {
            feed.end(failure);
        } else {
            feeds.add(feed);
        }
    }

    private synchronized void remove(NewestFeed<T> feed) {
        feeds.remove(feed);
    }
}
