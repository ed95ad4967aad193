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
    public record Load(int ways, int rowBytes, int keysPerWay, long memoryBytes, int threads, int rounds) {
        /** What is scanned. */
        public Matrix matrix() {
            return new Matrix(ways, rowBytes, memoryBytes);
        }
    }

    /** The read limit's times and the turns'. */
    public static Rounds run(Load load, ScanEngine engine) throws Exception {
        try (Matrix matrix = load.matrix();
                Turns turns = new Turns(matrix, load, load.threads(), engine);
                ReadLimit limit = new ReadLimit(load.threads())) {
            return Rounds.run(WARM_UPS, load.rounds(), () -> limit.xor(matrix.memory()), turns::turn);
        }
    }

    /** The turns' times with one thread and with all of the load's. */
    public static Rounds threads(Load load, ScanEngine engine) throws Exception {
        try (Matrix matrix = load.matrix();
                Turns one = new Turns(matrix, load, 1, engine);
                Turns all = new Turns(matrix, load, load.threads(), engine)) {
            return Rounds.run(WARM_UPS, load.rounds(), one::turn, all::turn);
        }
    }

    /** A carousel with nobody else aboard. Not thread-safe. */
    public static final class Turns implements AutoCloseable {
        private final Matrix matrix;
        private final Carousel carousel;
        private final List<List<DpfKey>> keys;

        /** Starts the workers. {@code matrix} is what {@code load} made, and stays the caller's. */
        public Turns(Matrix matrix, Load load, int threads, ScanEngine engine) {
            this(matrix, load.keysPerWay(), new Carousel(threads, engine));
        }

        /** Takes the carousel over. {@code matrix} stays the caller's. */
        public Turns(Matrix matrix, int keysPerWay, Carousel carousel) {
            this.matrix = matrix;
            this.carousel = carousel;
            this.keys = matrix.keys(keysPerWay);
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
