package org.morphogen.node.carousel;

import java.util.ArrayList;
import java.util.List;
import org.morphogen.node.chunk.ChunkRows;

/** A chunk on the ring, as long as somebody needs it. Guarded by the carousel's lock. */
final class Stop {
    private final RideWay.Chunk chunk;
    private final int segments;
    private final List<Seat> seats = new ArrayList<>();
    private int next;

    Stop(RideWay.Chunk chunk) {
        this.chunk = chunk;
        this.segments = chunk.geometry().usedSegments(chunk.rows().bytes());
    }

    ChunkRows rows() {
        return chunk.rows();
    }

    void add(Seat seat) {
        seats.add(seat);
    }

    /** Forgets seats that are left. */
    void clean() {
        seats.removeIf(seat -> seat.remaining() == 0);
    }

    /** When the first of those who sit here boarded. */
    long boardedNanos() {
        return seats.getFirst().rider().boardedNanos();
    }

    boolean isEmpty() {
        return seats.isEmpty();
    }

    /** Gives the next segment, with all that sit here; true if it was the chunk's last. */
    boolean take(TakenSegment into) {
        into.set(chunk, next, seats);
        for (Seat seat : seats) {
            seat.take();
        }
        clean();
        next = (next + 1) % segments;
        return next == 0;
    }
}
