package org.morphogen.coordinator.epoch;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.morphogen.coordinator.placement.AssignmentRecord;
import org.morphogen.epoch.Epoch;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.morphogen.snapshot.SnapshotDigest;

/** Books of one generation, which outlive their leaders. Thread-safe. */
final class FakeBooks implements EpochBooks {
    private final AssignmentRecord assignment;
    private final SnapshotDigest snapshot;
    private final List<List<Epoch>> published = new ArrayList<>();
    private List<Epoch> window;
    private boolean staged;
    private boolean held = true;
    private LineStanding standing = LineStanding.unknown();
    private int reports;
    private Write beforePublish = window -> {};
    private Write afterPublish = window -> {};

    /** Comes to pass when a window is written. */
    interface Write {
        void of(List<Epoch> window);
    }

    FakeBooks(SnapshotDigest snapshot, Epoch base, AssignmentRecord assignment) {
        this.snapshot = snapshot;
        this.assignment = assignment;
        this.window = List.of(base);
    }

    /** What comes to pass before a window is written; failing, it is not. */
    void beforePublish(Write now) {
        beforePublish = now;
    }

    /** What comes to pass when a window has been written, before the follower knows. */
    void afterPublish(Write now) {
        afterPublish = now;
    }

    static Write failure() {
        return window -> {
            throw new MorphogenException(FailureReason.UNAVAILABLE, "ZooKeeper did not confirm a write.");
        };
    }

    /** The leader gets no further, until its end. */
    static Write stuck(CountDownLatch reached) {
        return window -> {
            reached.countDown();
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException deposed) {
                Thread.currentThread().interrupt();
                throw new MorphogenException(
                        FailureReason.UNAVAILABLE, "The leader is just stepping down.", Map.of(), deposed);
            }
        };
    }

    synchronized void stage(boolean now) {
        staged = now;
    }

    synchronized void drop() {
        held = false;
    }

    synchronized List<Epoch> window() {
        return window;
    }

    synchronized Epoch head() {
        return window.getLast();
    }

    /** All windows that were ever written, in order. */
    synchronized List<List<Epoch>> published() {
        return List.copyOf(published);
    }

    synchronized LineStanding standing() {
        return standing;
    }

    synchronized int reports() {
        return reports;
    }

    @Override
    public synchronized Optional<ServedLine> line(long generation) {
        return held ? Optional.of(new ServedLine(generation, snapshot, window, assignment, staged)) : Optional.empty();
    }

    @Override
    public void publish(long generation, List<Epoch> now, Set<String> atHead) {
        beforePublish.of(now);
        synchronized (this) {
            window = List.copyOf(now);
            published.add(window);
            standing = new LineStanding(atHead, Standstill.NONE, ChainPlace.ON_CHAIN);
        }
        afterPublish.of(now);
    }

    @Override
    public synchronized void report(long generation, LineStanding now) {
        standing = now;
        reports++;
    }
}
