package org.morphogen.node.shake;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Threads of which one moves at a time. Whenever the one that moves comes to a point, it may lose its turn, and the seed
 * decides to whom; a thread that waits gets no turn until what it waits for is there. Time is a number that grows with
 * every turn, and by leaps when all threads wait for it. The same seed and the same code give the same schedule.
 *
 * <p>The threads are virtual ones whose turns the thread that calls {@link #run} takes for them, one after another.
 */
public final class Schedule {
    /** Far more than any story needs: somebody goes round in circles. */
    private static final long MOST_TURNS = 20_000_000;

    private static final int NOTES_KEPT = 60;
    private static volatile @Nullable Schedule current;

    private final SplittableRandom random;
    /** Points from one turn's loss to the next, about. */
    private final int burst;
    /** Longest time that a turn takes. */
    private final long mostNanos;

    private final List<Turn> ready = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private final PriorityQueue<Sleeper> sleepers = new PriorityQueue<>();
    private final IdentityHashMap<Object, ReentrantLock> locks = new IdentityHashMap<>();
    private final Deque<String> notes = new ArrayDeque<>();
    private final List<Throwable> failures = new ArrayList<>();
    private int pointsLeft;
    private long turns;
    private long nanos;
    private long fingerprint;

    private record Turn(int thread, Runnable task) {}

    private record Sleeper(long until, long order, Thread thread) implements Comparable<Sleeper> {
        @Override
        public int compareTo(Sleeper other) {
            return until == other.until ? Long.compare(order, other.order) : Long.compare(until, other.until);
        }
    }

    /** Nothing runs yet. */
    public Schedule(long seed) {
        random = new SplittableRandom(seed);
        burst = 1 << random.nextInt(1, 11);
        mostNanos = 1L << random.nextInt(10, 16);
        pointsLeft = nextBurst();
    }

    /** The schedule whose threads run just now. */
    public static Schedule now() {
        Schedule running = current;
        if (running == null) {
            throw new IllegalStateException("no schedule runs");
        }
        return running;
    }

    /** A thread that gets turns once it is started. */
    public Thread thread(String name, Runnable task) {
        int number = threads.size();
        Thread made = VirtualThreads.on(turn -> ready.add(new Turn(number, turn)), name, () -> {
            try {
                task.run();
            } catch (Throwable failed) {
                failures.add(failed);
            }
        });
        threads.add(made);
        return made;
    }

    /** Starts a thread. */
    public Thread start(String name, Runnable task) {
        Thread started = thread(name, task);
        started.start();
        return started;
    }

    /** Gives turns until nobody can use one. Fails with what the first of the threads failed with. */
    public void run() {
        current = this;
        try {
            while (failures.isEmpty() && (!ready.isEmpty() || wakeNext())) {
                Turn turn = ready.remove(random.nextInt(ready.size()));
                fingerprint = fingerprint * 31 + turn.thread();
                nanos += random.nextLong(mostNanos);
                wakeThoseDue();
                if (++turns > MOST_TURNS) {
                    throw new IllegalStateException("no end after " + MOST_TURNS + " turns");
                }
                turn.task().run();
            }
        } finally {
            current = null;
        }
        if (!failures.isEmpty()) {
            throw new AssertionError(String.join("\n", notes), failures.getFirst());
        }
    }

    /** Threads that were started and have not ended. */
    public List<Thread> waiting() {
        return threads.stream().filter(Thread::isAlive).toList();
    }

    /** Nanoseconds since it began. */
    public long nanoTime() {
        return nanos;
    }

    /** The calling thread gets no turn for that long, unless it is interrupted. */
    public void sleep(long forNanos) throws InterruptedException {
        Sleeper me = new Sleeper(nanos + Math.max(0, forNanos), turns, Thread.currentThread());
        sleepers.add(me);
        while (sleepers.contains(me)) {
            LockSupport.park(this);
            if (Thread.interrupted()) {
                sleepers.remove(me);
                throw new InterruptedException();
            }
        }
    }

    /** Remembers what happened, to be told when the schedule fails and compared when it is played again. */
    public void note(String what) {
        fingerprint = fingerprint * 31 + what.hashCode();
        notes.addLast(turns + " " + Thread.currentThread().getName() + ": " + what);
        if (notes.size() > NOTES_KEPT) {
            notes.removeFirst();
        }
    }

    /** The same for two runs in which the same threads got the same turns and noted the same. */
    public String trace() {
        return turns + " turns, " + nanos + " ns, " + Long.toHexString(fingerprint);
    }

    /** One of the schedule's threads is where others may go on. */
    @SuppressWarnings("ThreadPriorityCheck") // Its own turns are all that it yields.
    void point() {
        if (--pointsLeft <= 0) {
            pointsLeft = nextBurst();
            Thread.yield();
        }
    }

    /** Stands for the monitor of an object. */
    ReentrantLock lock(Object of) {
        return locks.computeIfAbsent(of, _ -> new ReentrantLock());
    }

    private int nextBurst() {
        return 1 + random.nextInt(2 * burst);
    }

    private boolean wakeNext() {
        if (sleepers.isEmpty()) {
            return false;
        }
        nanos = Math.max(nanos, sleepers.element().until());
        wakeThoseDue();
        return true;
    }

    private void wakeThoseDue() {
        while (!sleepers.isEmpty() && sleepers.element().until() <= nanos) {
            LockSupport.unpark(sleepers.remove().thread());
        }
    }

    /** Virtual threads whose turns somebody else takes: the JDK makes them for its own tests. */
    private static final class VirtualThreads {
        private static final Constructor<?> BUILDER = builder();

        private VirtualThreads() {}

        private static Constructor<?> builder() {
            try {
                Constructor<?> made = Class.forName("java.lang.ThreadBuilders$VirtualThreadBuilder")
                        .getDeclaredConstructor(Executor.class);
                made.setAccessible(true);
                return made;
            } catch (ReflectiveOperationException otherJdk) {
                throw new LinkageError("this JDK makes such threads in another way", otherJdk);
            }
        }

        static Thread on(Executor turns, String name, Runnable task) {
            try {
                return ((Thread.Builder.OfVirtual) BUILDER.newInstance(turns))
                        .name(name)
                        .unstarted(task);
            } catch (InstantiationException | IllegalAccessException | InvocationTargetException otherJdk) {
                throw new LinkageError("this JDK makes such threads in another way", otherJdk);
            }
        }
    }
}
