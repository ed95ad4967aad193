package org.morphogen.node.carousel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.morphogen.node.chunk.HostMemory;
import org.morphogen.node.chunk.MemoryBudget;
import org.morphogen.node.engine.Accumulators;
import org.morphogen.node.numa.Bank;
import org.morphogen.node.numa.Banks;
import org.morphogen.snapshot.ChunkGeometry;

/** Who is taken next, without threads: time is a number. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class RingsTest {
    private static final ChunkGeometry GEOMETRY = new ChunkGeometry(32, 1024, 128);

    private final Fairground fairground = new Fairground(
            GEOMETRY,
            1,
            new HostMemory(new MemoryBudget(
                    1 << 20, new Banks(List.of(new Bank(0, List.of(0)), new Bank(1, List.of(1)))))));
    private final List<Ride> rides = new ArrayList<>();
    private final Rings rings = new Rings(2);
    private final TakenSegment taken = new TakenSegment();

    @AfterEach
    void close() {
        rides.forEach(Ride::close);
        fairground.close();
    }

    @Test
    void aWorkerStaysBesideItsBankAsLongAsSomebodyIsThere() {
        board(0);

        assertThat(banksOf(1, 4)).containsExactly(1, 1, 1, 1);
        assertThat(banksOf(1, 4)).as("then it helps").containsExactly(0, 0, 0, 0);
        assertThat(rings.take(taken, 1, 9)).isFalse();
    }

    /** Somebody new always sits beside the only worker. */
    @Test
    void nobodyElsewhereWaitsForEver() {
        Set<Integer> banks = new HashSet<>();
        for (int now = 0; now < 50; now++) {
            board(now);
            banks.add(take(0, now));
        }

        assertThat(banks).containsExactlyInAnyOrder(0, 1);
    }

    private List<Integer> banksOf(int worker, int segments) {
        List<Integer> banks = new ArrayList<>();
        for (int i = 0; i < segments; i++) {
            banks.add(take(worker, 1 + i));
        }
        return banks;
    }

    private int take(int worker, long now) {
        assertThat(rings.take(taken, worker, now)).isTrue();
        return rides.getFirst().ways().getFirst().chunks().stream()
                .filter(chunk -> chunk.rows().equals(taken.rows()))
                .map(RideWay.Chunk::bank)
                .findFirst()
                .orElseThrow();
    }

    private void board(long now) {
        Ride ride = fairground.ride(fairground.keys(List.of(5L)), 0);
        rides.add(ride);
        rings.board(new Rider(ride, new Nobody(), now, Long.MAX_VALUE));
    }

    private static final class Nobody implements Passenger {
        @Override
        public boolean isGone() {
            return false;
        }

        @Override
        public void arrived(List<Accumulators> rows) {}

        @Override
        public void left(Departure why) {}
    }
}
