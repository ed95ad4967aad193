package org.morphogen.node.query;

import java.util.Collection;
import java.util.Comparator;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Bounds the bytes of answers that wait for clients to take them, over all streams: past the limit the stream with most
 * of them is ended, until what is left fits. So clients that send without reading harm nobody but themselves. What gRPC
 * was handed counts until the client has taken it or is gone; while that alone is past the limit, no query is taken in.
 * Thread-safe.
 */
final class UnreadAnswers {
    private final long maxBytes;
    private final Collection<QueryStream> streams;
    private final AtomicLong bytes = new AtomicLong();

    /** For those that are open at any time in {@code streams}, a concurrent collection. */
    UnreadAnswers(long maxBytes, Collection<QueryStream> streams) {
        this.maxBytes = maxBytes;
        this.streams = streams;
    }

    /** A stream has so many more, or fewer if negative. */
    void add(long moreBytes) {
        bytes.addAndGet(moreBytes);
    }

    /** Whether there is no room even after streams were ended: some of their clients take nothing at all. */
    boolean isFull() {
        return bytes.get() > maxBytes;
    }

    /** Ends streams if it must. Not to be called with a stream's lock held, since it takes those of others. */
    void shed() {
        if (bytes.get() > maxBytes) {
            shedSlowest();
        }
    }

    private synchronized void shedSlowest() {
        while (bytes.get() > maxBytes) {
            QueryStream slowest = streams.stream()
                    .max(Comparator.comparingLong(QueryStream::unreadBytes))
                    .orElse(null);
            if (slowest == null || slowest.unreadBytes() == 0) {
                return;
            }
            slowest.breakOff();
        }
    }
}
