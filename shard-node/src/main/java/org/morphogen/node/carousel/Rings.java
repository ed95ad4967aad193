package org.morphogen.node.carousel;

import java.util.List;
import java.util.stream.IntStream;

/**
 * A ring for each bank of memory. Workers scan what lies beside them, and what lies elsewhere when nothing else is left to
 * do: reading it from afar is better than not reading. Guarded by the carousel's lock.
 */
final class Rings {
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
    boolean take(TakenSegment into, int bank) {
        for (int away = 0; away < rings.size(); away++) {
            if (rings.get((bank + away) % rings.size()).take(into)) {
                return true;
            }
        }
        return false;
    }

    /** See {@link Ring#purge}. */
    void purge() {
        rings.forEach(Ring::purge);
    }
}
