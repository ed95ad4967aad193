package org.morphogen.node.carousel;

import java.util.List;
import java.util.stream.IntStream;

/**
 * A ring for each bank of memory. Workers scan what lies beside them, and what lies elsewhere when nothing else is left to
 * do, or when somebody there has waited twice as long as anybody here: reading from afar is better than not reading.
 * Guarded by the carousel's lock.
 */
final class Rings {
    private static final int IMPATIENCE = 2;

    private final List<Ring> rings;

    Rings(int banks) {
        rings = IntStream.range(0, banks).mapToObj(bank -> new Ring()).toList();
    }

    /** Seats a rider at all its chunks. */
    void board(Rider rider) {
        List<RideWay> ways = rider.ride().ways();
        for (int wayAt = 0; wayAt < ways.size(); wayAt++) {
            for (RideWay.Chunk chunk : ways.get(wayAt).chunks()) {
                rings.get(chunk.bank()).seat(rider, wayAt, chunk);
            }
        }
    }

    /** Takes the next segment that somebody needs, for a worker beside {@code bank}; false if there is none. */
    boolean take(TakenSegment into, int bank, long nowNanos) {
        int chosen = bank;
        long longest = IMPATIENCE * rings.get(bank).waitNanos(nowNanos);
        for (int other = 0; other < rings.size(); other++) {
            long wait = rings.get(other).waitNanos(nowNanos);
            if (other != bank && wait > longest) {
                chosen = other;
                longest = wait;
            }
        }
        return rings.get(chosen).take(into);
    }

    /** See {@link Ring#purge}. */
    void purge() {
        rings.forEach(Ring::purge);
    }
}
