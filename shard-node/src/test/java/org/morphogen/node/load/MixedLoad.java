package org.morphogen.node.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BooleanSupplier;
import org.morphogen.node.carousel.CarouselState;
import org.morphogen.node.fixture.QueryNode;

/** Clients of every habit against two nodes, while generations come and go, until something is wrong or it is told. */
final class MixedLoad {
    private static final int CLIENTS_A_HABIT = 2;
    /** Each writes the whole snapshot to disk, twice. */
    private static final int MILLIS_BETWEEN_LOADS = 10_000;

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final TwoNodes nodes;
    private final Outcomes outcomes = new Outcomes();
    private int mostRiders;
    private int mostKeys;

    MixedLoad(TwoNodes nodes) {
        this.nodes = nodes;
    }

    /** Runs for that long; fails with what was first found wrong. All clients have left when it returns. */
    void run(Duration time, long seed) {
        long start = System.nanoTime();
        BooleanSupplier over = () -> System.nanoTime() - start >= time.toNanos()
                || outcomes.firstProblem().isPresent();
        SplittableRandom seeds = new SplittableRandom(seed);
        try (ExecutorService running = Executors.newThreadPerTaskExecutor(
                Thread.ofPlatform().name("client-", 0).factory())) {
            for (Habit habit : Habit.values()) {
                for (int i = 0; i < CLIENTS_A_HABIT; i++) {
                    SplittableRandom random = seeds.split();
                    running.execute(() -> repeat(over, () -> habit.visit(nodes, random, outcomes)));
                }
            }
            running.execute(() -> repeat(over, () -> {
                nodes.loadAndDrop(outcomes);
                pause(MILLIS_BETWEEN_LOADS, over);
            }));
            running.execute(() -> repeat(over, this::watchQueue));
        }
        outcomes.firstProblem().ifPresent(problem -> {
            throw new AssertionError("seed " + seed + ": " + problem, problem);
        });
        await("clients are gone").atMost(PATIENCE).until(this::idle);
    }

    private void repeat(BooleanSupplier over, Runnable once) {
        try {
            while (!over.getAsBoolean()) {
                once.run();
            }
        } catch (RuntimeException | Error problem) {
            outcomes.problem(problem);
        }
    }

    private void watchQueue() {
        for (QueryNode node : nodes.nodes()) {
            CarouselState state = node.state();
            assertThat(state.riders()).isBetween(0, TwoNodes.LIMITS.maxQueriesInFlight());
            assertThat(state.keys()).isBetween(0, TwoNodes.LIMITS.maxKeysInFlight());
            mostRiders = Math.max(mostRiders, state.riders());
            mostKeys = Math.max(mostKeys, state.keys());
        }
        pause(1, () -> false);
    }

    private static void pause(int millis, BooleanSupplier over) {
        try {
            for (int slept = 0; slept < millis && !over.getAsBoolean(); slept += 100) {
                Thread.sleep(Math.min(100, millis - slept));
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean idle() {
        return nodes.nodes().stream()
                .allMatch(node -> node.openStreams() == 0 && node.state().riders() == 0);
    }

    /** How all questions ended. */
    Outcomes outcomes() {
        return outcomes;
    }

    /** In words. */
    String report() {
        return outcomes + "; at most " + mostRiders + " queries with " + mostKeys + " keys aboard";
    }
}
