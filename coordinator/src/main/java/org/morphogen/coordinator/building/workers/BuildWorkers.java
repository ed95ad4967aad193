package org.morphogen.coordinator.building.workers;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;

/**
 * The threads of a build. Work is cut into as many parts as there are threads; whoever cuts it sees to it that the
 * outcome does not depend on how many those are. Used by one thread, which waits while the others work.
 */
public final class BuildWorkers implements AutoCloseable {
    /** Most threads. */
    public static final int MAX_THREADS = 1024;

    private final int threads;
    private final ExecutorService others;

    /** That many threads, 1 to {@value #MAX_THREADS}; with one, the caller does all the work. */
    public BuildWorkers(int threads) {
        if (threads < 1 || threads > MAX_THREADS) {
            throw new MorphogenException(
                    FailureReason.SETTINGS_INVALID,
                    "threads: " + threads + " is not between 1 and " + MAX_THREADS + ".");
        }
        this.threads = threads;
        this.others = Executors.newFixedThreadPool(
                threads, Thread.ofPlatform().name("build-", 0).daemon().factory());
    }

    /** As many threads as this process may use processors. */
    public static int allProcessors() {
        return Math.min(MAX_THREADS, Runtime.getRuntime().availableProcessors());
    }

    /** How many parts of work are done at once. */
    public int threads() {
        return threads;
    }

    /**
     * Does all parts and returns when they are done; work of fewer than {@code worthSharing} units is done here, as one
     * part. What the parts wrote can be read afterwards. Throws what a part throws, after all have ended.
     */
    public void share(long units, long worthSharing, Part work) {
        if (threads == 1 || units < worthSharing) {
            work.run(0, 1);
            return;
        }
        List<Future<?>> parts = new ArrayList<>();
        try {
            for (int part = 0; part < threads; part++) {
                int mine = part;
                parts.add(others.submit(() -> work.run(mine, threads)));
            }
        } catch (OutOfMemoryError noThread) {
            awaitAll(parts);
            throw new MorphogenException(
                    FailureReason.CAPACITY_LACKING,
                    "threads: the system gives only " + parts.size() + " of " + threads + "; ask for fewer.");
        }
        awaitAll(parts).ifPresent(failed -> {
            throw rethrown(failed);
        });
        if (Thread.currentThread().isInterrupted()) {
            throw new MorphogenException(FailureReason.STORAGE_FAILED, "The build was interrupted.");
        }
    }

    /** Waits for all parts, whatever happens: they use what the caller will close. What the first that failed threw. */
    private static Optional<Throwable> awaitAll(List<Future<?>> parts) {
        Optional<Throwable> failure = Optional.empty();
        boolean interrupted = false;
        for (Future<?> part : parts) {
            for (boolean done = false; !done; ) {
                try {
                    part.get();
                    done = true;
                } catch (ExecutionException failed) {
                    done = true;
                    failure = failure.or(() -> Optional.ofNullable(failed.getCause()));
                } catch (InterruptedException later) {
                    interrupted = true;
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return failure;
    }

    /** Where part {@code part} of {@code parts} begins if {@code units} are cut evenly; part {@code parts} begins at the end. */
    public static long start(long units, int part, int parts) {
        return units / parts * part + Math.min(part, units % parts);
    }

    private static RuntimeException rethrown(Throwable cause) {
        return switch (cause) {
            case RuntimeException unchecked -> unchecked;
            case Error error -> throw error;
            default -> new IllegalStateException(cause);
        };
    }

    @Override
    public void close() {
        others.shutdownNow();
    }

    /** Work that is cut into parts. */
    public interface Part {
        /** Does one part. */
        void run(int part, int parts);
    }
}
