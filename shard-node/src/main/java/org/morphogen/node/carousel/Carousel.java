package org.morphogen.node.carousel;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.morphogen.node.engine.ScanEngine;
import org.morphogen.node.numa.Banks;

/**
 * Scans the chunks that somebody needs, round and round, segment by segment, as long as anybody is aboard. A query
 * boards at the next segment, shares the reading of memory with all who are aboard, and leaves after one turn over its
 * own chunks. Workers take segments one after another, so a slow one delays no more than its segment.
 *
 * <p>Who is gone or late leaves before the next segment is taken. How many may board is not its affair: its caller
 * admits. Thread-safe; passengers are told on the workers' threads.
 */
public final class Carousel implements AutoCloseable {
    /** A deadline that never passes. */
    public static final long NO_DEADLINE = Long.MAX_VALUE;

    private static final long SWEEP_NANOS = 1_000_000;
    /** Half the range of nanoTime, so that differences do not overflow. */
    private static final long FOREVER_NANOS = Long.MAX_VALUE / 2;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition boarded = lock.newCondition();
    private final LongSupplier nanoTime;
    private final List<Thread> workers = new ArrayList<>();
    // All below are guarded by the lock.
    private final Rings rings;
    private final Set<Rider> aboard = new LinkedHashSet<>();
    private final Tally tally = new Tally();
    private long lastSweepNanos;
    private boolean stopped;

    /** Starts {@code threads} workers, at least 1, on a machine whose memory is all the same. */
    public Carousel(int threads, ScanEngine engine) {
        this(threads, engine, Banks.ONE);
    }

    /** Starts {@code threads} workers, at least 1, each beside one of the banks that chunks lie in. */
    public Carousel(int threads, ScanEngine engine, Banks banks) {
        this(threads, engine, banks, System::nanoTime);
    }

    Carousel(int threads, ScanEngine engine, Banks banks, LongSupplier nanoTime) {
        this.rings = new Rings(banks.count());
        this.nanoTime = nanoTime;
        this.lastSweepNanos = nanoTime.getAsLong();
        for (int worker = 0; worker < threads; worker++) {
            workers.add(Thread.ofPlatform()
                    .name("scan-" + worker)
                    .daemon()
                    .start(new Worker(this, engine, banks, banks.ofThread(worker, threads))));
        }
    }

    /**
     * Takes a query aboard. Its memory: a row a key, and 18 bytes a key for each segment of the chunks under way.
     *
     * @param deadlineMillis from now on, or {@link #NO_DEADLINE}
     * @param passenger told once what became of it; right here if the carousel has stopped
     */
    public void board(Ride ride, long deadlineMillis, Passenger passenger) {
        long now = nanoTime.getAsLong();
        long withinNanos = deadlineMillis > FOREVER_NANOS / 1_000_000 ? FOREVER_NANOS : deadlineMillis * 1_000_000;
        Rider rider = new Rider(ride, passenger, now, now + withinNanos);
        lock.lock();
        try {
            if (!stopped) {
                rings.board(rider);
                aboard.add(rider);
                tally.boarded(rider);
                boarded.signalAll();
                return;
            }
        } finally {
            lock.unlock();
        }
        rider.leave(Departure.STOPPED);
        rider.tell();
    }

    /** What it is doing. */
    public CarouselState state() {
        lock.lock();
        try {
            return tally.state(aboard.size());
        } finally {
            lock.unlock();
        }
    }

    /** Ends the workers; who is aboard leaves with {@link Departure#STOPPED}. */
    @Override
    public void close() {
        List<Rider> done = new ArrayList<>();
        lock.lock();
        try {
            stopped = true;
            for (Rider rider : List.copyOf(aboard)) {
                rider.leave(Departure.STOPPED);
                if (rider.isDone()) {
                    disembark(rider, done);
                }
            }
            rings.purge();
            boarded.signalAll();
        } finally {
            lock.unlock();
        }
        done.forEach(Rider::tell);
        awaitWorkers();
    }

    /**
     * Waits for the next segment, for a worker beside {@code bank}; false when the carousel has stopped. Who left without
     * one is told before.
     */
    boolean take(TakenSegment into, int bank) throws InterruptedException {
        List<Rider> done = List.of();
        boolean taken = false;
        while (!taken) {
            lock.lock();
            try {
                done = sweep();
                taken = rings.take(into, bank, nanoTime.getAsLong());
                if (!taken && done.isEmpty()) {
                    if (stopped) {
                        return false;
                    }
                    boarded.await();
                }
            } finally {
                lock.unlock();
            }
            done.forEach(Rider::tell);
        }
        return true;
    }

    /** A taken segment is scanned, or, if there is a {@code defect}, its riders cannot be helped. */
    void finished(TakenSegment segment, boolean defect) {
        List<Rider> done = new ArrayList<>(0);
        lock.lock();
        try {
            tally.scanned(segment.bytes());
            for (Seat seat : segment.seats()) {
                Rider rider = seat.rider();
                if (seat.remaining() == 0) {
                    seat.forgetNodes();
                }
                if (defect) {
                    rider.leave(Departure.DEFECT);
                }
                if (rider.segmentDone()) {
                    disembark(rider, done);
                }
            }
            if (defect) {
                rings.purge();
            }
        } finally {
            lock.unlock();
        }
        done.forEach(Rider::tell);
    }

    /** Lets those go who are gone or late. */
    private List<Rider> sweep() {
        long now = nanoTime.getAsLong();
        if (now - lastSweepNanos < SWEEP_NANOS) {
            return List.of();
        }
        lastSweepNanos = now;
        List<Rider> done = new ArrayList<>(0);
        boolean anyLeft = false;
        for (Iterator<Rider> riders = aboard.iterator(); riders.hasNext(); ) {
            Rider rider = riders.next();
            @Nullable Departure why = rider.hasLeft() ? null : rider.reasonToLeave(now);
            if (why != null) {
                rider.leave(why);
                anyLeft = true;
                if (rider.isDone()) {
                    riders.remove();
                    count(rider);
                    done.add(rider);
                }
            }
        }
        if (anyLeft) {
            rings.purge();
        }
        return done;
    }

    private void disembark(Rider rider, List<Rider> done) {
        if (aboard.remove(rider)) {
            count(rider);
            done.add(rider);
        }
    }

    private void count(Rider rider) {
        Departure why = rider.departure();
        if (why == null) {
            tally.arrived(rider, nanoTime.getAsLong() - rider.boardedNanos());
        } else {
            tally.left(rider, why);
        }
    }

    private void awaitWorkers() {
        boolean interrupted = false;
        for (Thread worker : workers) {
            while (worker.isAlive()) {
                try {
                    worker.join();
                } catch (InterruptedException again) {
                    interrupted = true;
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
