package org.morphogen.node.carousel;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import org.morphogen.node.chunk.ChunkRows;

/**
 * The chunks of one bank that somebody needs, in a ring, and where the scan stands. Whoever boards sits down at the next segment of
 * a chunk that is on the ring already; chunks that are not yet come in behind all others. So nobody is passed over, and
 * whoever boards is done after at most one turn. Guarded by the carousel's lock.
 */
final class Ring {
    private final List<Stop> stops = new ArrayList<>();
    private final IdentityHashMap<ChunkRows, Stop> byRows = new IdentityHashMap<>();

    private int at;

    /** Seats a rider at one of its chunks. */
    void seat(Rider rider, int wayAt, RideWay.Chunk chunk) {
        Seat seat = new Seat(rider, wayAt, chunk);
        stop(chunk).add(seat);
        rider.seat(seat);
    }

    private Stop stop(RideWay.Chunk chunk) {
        return byRows.computeIfAbsent(chunk.rows(), rows -> {
            Stop stop = new Stop(chunk);
            // Right behind the scan is the last in turn.
            stops.add(at, stop);
            at = stops.size() == 1 ? 0 : at + 1;
            return stop;
        });
    }

    /** How long ago the first of those boarded whose turn it is next; -1 if there is nobody. */
    long waitNanos(long nowNanos) {
        return stops.isEmpty()
                ? -1
                : Math.max(0, nowNanos - stops.get(at < stops.size() ? at : 0).boardedNanos());
    }

    /** Takes the next segment that somebody needs; false if there is none. */
    boolean take(TakenSegment into) {
        if (stops.isEmpty()) {
            return false;
        }
        if (at >= stops.size()) {
            at = 0;
        }
        Stop stop = stops.get(at);
        boolean last = stop.take(into);
        if (stop.isEmpty()) {
            remove(at);
        } else if (last) {
            at++;
        }
        return true;
    }

    /** Forgets chunks that nobody needs any more, before their memory is given back. */
    void purge() {
        for (int i = stops.size() - 1; i >= 0; i--) {
            Stop stop = stops.get(i);
            stop.clean();
            if (stop.isEmpty()) {
                remove(i);
            }
        }
    }

    private void remove(int index) {
        byRows.remove(stops.remove(index).rows());
        if (index < at) {
            at--;
        }
    }
}
