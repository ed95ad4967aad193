package org.morphogen.node.query;

import java.util.Collection;
import java.util.Comparator;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Bounds the bytes of answers that clients do not take, over all streams. Of those that wait here: past the limit the
 * stream with most of them is ended, until what is left fits. Of those that gRPC was handed, parts of dictionaries
 * included, which ending a stream does not free: while they are past the limit, no query and no call for a dictionary is
 * taken in. So clients that send without reading end no stream but their own. Thread-safe.
 */
final class UnreadAnswers {
    private final long maxBytes;
    private final Collection<QueryStream> streams;
    private final AtomicLong waiting = new AtomicLong();
    private final AtomicLong handed = new AtomicLong();

    /** For those that are open at any time in {@code streams}, a concurrent collection. */
    UnreadAnswers(long maxBytes, Collection<QueryStream> streams) {
        this.maxBytes = maxBytes;
        this.streams = streams;
    }

    /** A stream has so many more, or fewer if negative. */
    void addWaiting(long moreBytes) {
        waiting.addAndGet(moreBytes);
    }

    /** gRPC has so many more of a stream or call, or fewer if negative. */
    void addHanded(long moreBytes) {
        handed.addAndGet(moreBytes);
    }

    /** Whether gRPC holds as much as it may. */
    boolean isFull() {
        return handed.get() > maxBytes;
    }

    /** Ends streams if it must. Not to be called with a stream's lock held, since it takes those of others. */
    void shed() {
        if (waiting.get() > maxBytes) {
            shedSlowest();
        }
    }

    private synchronized void shedSlowest() {
        while (waiting.get() > maxBytes) {
            QueryStream slowest = streams.stream()
                    .max(Comparator.comparingLong(QueryStream::waitingBytes))
                    .orElse(null);
            if (slowest == null || slowest.waitingBytes() == 0) {
                return;
            }
            slowest.breakOff();
        }
    }
}
