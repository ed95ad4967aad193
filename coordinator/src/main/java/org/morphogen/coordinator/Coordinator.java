package org.morphogen.coordinator;

import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.morphogen.coordinator.epoch.StepWatch;
import org.morphogen.coordinator.generation.LeaderTimings;
import org.morphogen.transport.Endpoint;

/**
 * One coordinator process: serves the cluster view and snapshot files, answers administrators, and leads its party
 * when elected. Needs nothing but ZooKeeper and the snapshot directory; ZooKeeper may be away when it starts and at
 * any time later. {@link #start} once, {@link #close} any number of times, from any thread.
 */
public final class Coordinator implements AutoCloseable {
    private final CoordinatorSettings settings;
    private final LeaderTimings timings;
    private final StepWatch steps;
    private final CountDownLatch ended = new CountDownLatch(1);
    private @Nullable Assembly running;

    /** A coordinator that does nothing until {@link #start}. */
    public Coordinator(CoordinatorSettings settings) {
        this(settings, LeaderTimings.standard(settings.retiredGenerationGrace(), settings.loadTimeout()));
    }

    Coordinator(CoordinatorSettings settings, LeaderTimings timings) {
        this(settings, timings, StepWatch.NONE);
    }

    /** The same with other timings; {@code steps} is told of each step along the chain that a crash may follow. */
    public Coordinator(CoordinatorSettings settings, LeaderTimings timings, StepWatch steps) {
        this.settings = settings;
        this.timings = timings;
        this.steps = steps;
    }

    /** Listens and joins the party; fails with SETTINGS_INVALID or STORAGE_FAILED. */
    public synchronized void start() {
        if (running != null) {
            throw new IllegalStateException("started already");
        }
        Assembly starting = new Assembly(settings, timings, steps);
        running = starting;
        try {
            starting.start();
        } catch (RuntimeException failed) {
            close();
            throw failed;
        }
    }

    /** Where others reach this coordinator, once started. */
    public synchronized Endpoint endpoint() {
        if (running == null) {
            throw new IllegalStateException("not started");
        }
        return running.endpoint();
    }

    /** The term under which it leads, 0 while it does not. */
    public synchronized long leadingTerm() {
        return running == null ? 0 : running.heldTerm();
    }

    /** Waits until {@link #close} has been called. */
    public void awaitTermination() throws InterruptedException {
        ended.await();
    }

    @Override
    public synchronized void close() {
        if (running != null && ended.getCount() > 0) {
            running.close();
        }
        ended.countDown();
    }
}
