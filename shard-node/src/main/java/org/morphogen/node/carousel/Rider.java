package org.morphogen.node.carousel;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.morphogen.node.engine.Accumulators;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A query aboard. Its counters are guarded by the carousel's lock, its sums by its own. */
final class Rider {
    private static final Logger log = LoggerFactory.getLogger(Rider.class);

    private final Ride ride;
    private final Passenger passenger;
    private final long boardedNanos;
    private final long deadlineNanos;
    private final List<Seat> seats = new ArrayList<>();
    private final List<Accumulators> sums;
    /** Segments that are not scanned yet, those under way included. */
    private int pendingSegments;

    private @Nullable Departure departure;

    Rider(Ride ride, Passenger passenger, long boardedNanos, long deadlineNanos) {
        this.ride = ride;
        this.passenger = passenger;
        this.boardedNanos = boardedNanos;
        this.deadlineNanos = deadlineNanos;
        this.sums = ride.ways().stream()
                .map(way -> new Accumulators(way.keys().size(), way.rowBytes()))
                .toList();
    }

    Ride ride() {
        return ride;
    }

    long boardedNanos() {
        return boardedNanos;
    }

    void seat(Seat seat) {
        seats.add(seat);
        pendingSegments += seat.remaining();
    }

    List<Seat> seats() {
        return seats;
    }

    /** Adds what a batch found for the keys of one of the ride's ways. */
    void add(int wayAt, Accumulators batch, int firstKey) {
        synchronized (sums) {
            sums.get(wayAt).xor(batch, firstKey);
        }
    }

    /** Why it should leave now; null if it may stay. */
    @Nullable
    Departure reasonToLeave(long nowNanos) {
        if (passenger.isGone()) {
            return Departure.CANCELLED;
        }
        return nowNanos - deadlineNanos >= 0 ? Departure.EXPIRED : null;
    }

    /** It gets up from all its seats; segments that are under way still count. The first reason stays. */
    void leave(Departure why) {
        if (departure == null) {
            departure = why;
        }
        for (Seat seat : seats) {
            pendingSegments -= seat.remaining();
            seat.vacate();
        }
    }

    /** One segment less; true if that was the last. */
    boolean segmentDone() {
        pendingSegments--;
        return isDone();
    }

    /** No worker has, or will have, to do with it. */
    boolean isDone() {
        return pendingSegments == 0;
    }

    /** Why it leaves; null if it does not. */
    @Nullable
    Departure departure() {
        return departure;
    }

    boolean hasLeft() {
        return departure != null;
    }

    /** To be called once, when it is done, without the carousel's lock. A passenger that throws harms nobody else. */
    void tell() {
        Departure why = departure;
        try {
            if (why != null) {
                passenger.left(why);
            } else {
                passenger.arrived(sums);
            }
        } catch (RuntimeException | Error defect) {
            log.error("A query could not be told its outcome", defect);
        }
    }
}
