package org.morphogen.bench.scan;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.morphogen.bench.measure.ReadLimit;
import org.morphogen.bench.measure.Rounds;
import org.morphogen.dpf.DpfKey;
import org.morphogen.node.carousel.Carousel;
import org.morphogen.node.carousel.Departure;
import org.morphogen.node.carousel.Passenger;
import org.morphogen.node.carousel.Ride;
import org.morphogen.node.engine.Accumulators;
import org.morphogen.node.engine.ScanEngine;

/** Times whole turns of the node's carousel, keys and all, against reading the same memory with as many threads. */
public final class CarouselBench {
    private static final int WARM_UPS = 3;

    private CarouselBench() {}

    /**
     * What to measure.
     *
     * @param ways 3 for a lookup; 1 for a plain batch
     * @param keysPerWay of the one query
     * @param memoryBytes over all ways
     */
    public record Load(int ways, int rowBytes, int keysPerWay, long memoryBytes, int threads, int rounds) {}

    /** The read limit's times and the turns'. */
    public static Rounds run(Load load, ScanEngine engine) throws Exception {
        try (Turns turns = new Turns(load, engine);
                ReadLimit limit = new ReadLimit(load.threads())) {
            return Rounds.run(WARM_UPS, load.rounds(), () -> limit.xor(turns.matrix.memory()), turns::turn);
        }
    }

    /** A carousel with nobody else aboard. Not thread-safe. */
    public static final class Turns implements AutoCloseable {
        private final Matrix matrix;
        private final Carousel carousel;
        private final List<List<DpfKey>> keys;

        /** Makes the matrix and starts the workers. */
        public Turns(Load load, ScanEngine engine) {
            matrix = new Matrix(load.ways(), load.rowBytes(), load.memoryBytes());
            carousel = new Carousel(load.threads(), engine);
            keys = matrix.keys(load.keysPerWay());
        }

        /** One query's whole turn. */
        public List<Accumulators> turn() throws InterruptedException, ExecutionException {
            try (Ride ride = matrix.ride(keys)) {
                CompletableFuture<List<Accumulators>> rows = new CompletableFuture<>();
                carousel.board(ride, Carousel.NO_DEADLINE, new Waiting(rows));
                return rows.get();
            }
        }

        @Override
        public void close() {
            carousel.close();
            matrix.close();
        }
    }

    private record Waiting(CompletableFuture<List<Accumulators>> rows) implements Passenger {
        @Override
        public boolean isGone() {
            return false;
        }

        @Override
        public void arrived(List<Accumulators> found) {
            rows.complete(found);
        }

        @Override
        public void left(Departure why) {
            rows.completeExceptionally(new IllegalStateException("left: " + why));
        }
    }
}
