package org.morphogen.node.epoch;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.morphogen.row.Bytes32;

/**
 * The epochs of one generation from some way back up to the head. The newest are the window, which can be asked for;
 * behind it stay those that somebody still has pinned. Bounded by the window's epochs and bytes and by what is pinned.
 * Thread-safe.
 */
public final class Timeline {
    private final int windowEpochs;
    private final long windowBytes;
    /** Oldest first; each but the first has the one before as its parent. Never empty. */
    private final Deque<KnownEpoch> chain = new ArrayDeque<>();

    /** Number of the oldest epoch that may be in the window: what has left it does not come back. */
    private long oldest;

    private final Map<KnownEpoch, Integer> pins = new HashMap<>();

    /** The right to go back to an epoch, until closed. */
    public final class Pin implements AutoCloseable {
        private final KnownEpoch epoch;
        private final AtomicBoolean closed = new AtomicBoolean();

        private Pin(KnownEpoch epoch) {
            this.epoch = epoch;
        }

        /** The epoch that stays. */
        public KnownEpoch epoch() {
            return epoch;
        }

        @Override
        public void close() {
            if (closed.compareAndSet(false, true)) {
                unpin(epoch);
            }
        }
    }

    /** Knows one epoch, its head. */
    public Timeline(KnownEpoch root, EpochSettings settings) {
        this.windowEpochs = settings.windowEpochs();
        this.windowBytes = settings.windowBytes();
        this.oldest = root.number();
        chain.add(root);
    }

    /** The newest epoch. */
    public synchronized KnownEpoch head() {
        return chain.getLast();
    }

    /** The oldest epoch that can be asked for. */
    public synchronized KnownEpoch oldest() {
        return window().getLast();
    }

    /** The epochs that can be asked for, newest first; at least the head. */
    public synchronized List<KnownEpoch> window() {
        long bytes = 0;
        int count = 0;
        List<KnownEpoch> newestFirst = List.copyOf(chain).reversed();
        while (count < Math.min(windowEpochs, newestFirst.size())
                && newestFirst.get(count).number() >= oldest) {
            count++;
            // Going behind an epoch needs its delta.
            bytes += newestFirst.get(count - 1).entryBytes();
            if (bytes > windowBytes) {
                break;
            }
        }
        return newestFirst.subList(0, count);
    }

    /** The oldest epoch that can be asked for and the newest. */
    public synchronized EpochSpan span() {
        return new EpochSpan(oldest().epoch(), head().epoch());
    }

    /** Bytes of the entries of the window's deltas, which is less than all in memory while somebody pins older epochs. */
    synchronized long windowBytes() {
        return window().stream().mapToLong(KnownEpoch::entryBytes).sum();
    }

    /** Bytes of the entries of all deltas in memory. */
    synchronized long entryBytes() {
        return chain.stream().mapToLong(KnownEpoch::entryBytes).sum();
    }

    /**
     * The epoch of that number and mark, pinned. Fails with EPOCH_OUTSIDE_WINDOW, whose facts tell the window, or
     * EPOCH_REPLACED.
     */
    public Pin pin(long number, byte[] mark) {
        Pin pin = pin(number).orElseThrow(this::outside);
        if (!Arrays.equals(pin.epoch().epoch().mark(), mark)) {
            pin.close();
            throw new MorphogenException(
                    FailureReason.EPOCH_REPLACED, "epoch_mark: this node knows that epoch with another block.");
        }
        return pin;
    }

    /** EPOCH_OUTSIDE_WINDOW, whose facts tell the window. */
    public MorphogenException outside() {
        EpochSpan span = span();
        return new MorphogenException(
                FailureReason.EPOCH_OUTSIDE_WINDOW,
                "epoch: those from " + span.oldest().number() + " to "
                        + span.head().number() + " can be asked for.",
                Map.of(
                        "first", Long.toString(span.oldest().number()),
                        "last", Long.toString(span.head().number())));
    }

    /** The epoch of that number, pinned, if it is in the window. */
    public synchronized Optional<Pin> pin(long number) {
        return window().stream()
                .filter(known -> known.number() == number)
                .findFirst()
                .map(this::pin);
    }

    /** The epoch of that digest, pinned, if it is known, perhaps from behind the window. */
    public synchronized Optional<Pin> pin(Bytes32 digest) {
        return known(digest).map(this::pin);
    }

    /** The oldest epoch that can be asked for, pinned. */
    synchronized Pin pinOldest() {
        return pin(oldest());
    }

    /** The oldest epoch that can be asked for and is not before {@code number}, pinned; empty if the head is. */
    public synchronized Optional<Pin> pinOldestFrom(long number) {
        return window().reversed().stream()
                .filter(known -> known.number() >= number)
                .findFirst()
                .map(this::pin);
    }

    /** The epoch of that digest, perhaps from behind the window. */
    synchronized Optional<KnownEpoch> known(Bytes32 digest) {
        return chain.stream()
                .filter(known -> known.epoch().digest().equals(digest))
                .findFirst();
    }

    /** The head, pinned. */
    public synchronized Pin pinHead() {
        return pin(head());
    }

    private Pin pin(KnownEpoch epoch) {
        pins.merge(epoch, 1, Integer::sum);
        return new Pin(epoch);
    }

    private synchronized void unpin(KnownEpoch epoch) {
        pins.computeIfPresent(epoch, (key, count) -> count == 1 ? null : count - 1);
        forget();
    }

    /** Makes {@code next}, whose parent is the head, the head. */
    synchronized void append(KnownEpoch next) {
        if (next.parent().orElse(null) != head()) {
            throw new IllegalArgumentException("epoch " + next.epoch() + " does not follow the head");
        }
        chain.addLast(next);
        oldest = oldest().number();
        forget();
    }

    /** Makes an earlier epoch of the window the head again. */
    synchronized void rewind(KnownEpoch to) {
        if (!window().contains(to)) {
            throw new IllegalArgumentException("epoch " + to.epoch() + " is not in the window");
        }
        while (head() != to) {
            chain.removeLast();
        }
    }

    /** Takes epochs before that number, at most the head's, out of the window. */
    synchronized void forgetBefore(long number) {
        oldest = Math.max(oldest, Math.min(number, head().number()));
        forget();
    }

    private void forget() {
        long needed = oldest().number();
        for (KnownEpoch pinned : pins.keySet()) {
            needed = Math.min(needed, pinned.meeting(head()).number());
        }
        while (chain.getFirst().number() < needed) {
            chain.removeFirst();
        }
        chain.getFirst().forgetParent();
    }
}
