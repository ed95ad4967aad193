package org.morphogen.node.shake;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Schedules that find what goes wrong in code that is known to be wrong, and nothing in code that is right. */
@Timeout(value = 30, unit = TimeUnit.SECONDS)
class ScheduleTest {
    private static final int SEEDS = 60;
    private static final int THREADS = 3;
    private static final int STEPS = 4;

    /** Counts without a lock. */
    public static final class Careless implements Runnable, IntSupplier {
        private int count;

        @Override
        public void run() {
            for (int i = 0; i < STEPS; i++) {
                count = count + 1;
            }
        }

        @Override
        public int getAsInt() {
            return count;
        }
    }

    /** Counts in a synchronized method and in a synchronized block. */
    public static final class Careful implements Runnable, IntSupplier {
        private int count;

        @Override
        public void run() {
            for (int i = 0; i < STEPS; i += 2) {
                one();
                synchronized (this) {
                    count = count + 1;
                }
            }
        }

        private synchronized void one() {
            count = count + 1;
        }

        @Override
        public int getAsInt() {
            return count;
        }
    }

    /** Takes two locks, every other time the other one first. */
    public static final class Crossing implements Runnable, IntSupplier {
        private final Object one = new Object();
        private final Object two = new Object();
        private int count;

        @Override
        public void run() {
            boolean crossed = count++ % 2 == 0;
            synchronized (crossed ? two : one) {
                synchronized (crossed ? one : two) {
                    count++;
                }
            }
        }

        @Override
        public int getAsInt() {
            return count;
        }
    }

    @Test
    void aLostUpdateIsFound() {
        List<Integer> counts = counts(Careless.class);
        assertThat(counts).contains(THREADS * STEPS).anyMatch(count -> count < THREADS * STEPS);
    }

    @Test
    void locksHold() {
        assertThat(counts(Careful.class)).containsOnly(THREADS * STEPS);
    }

    @Test
    void threadsThatWaitForOneAnotherAreFound() {
        int stuck = 0;
        for (long seed = 0; seed < SEEDS; seed++) {
            Schedule schedule = new Schedule(seed);
            run(schedule, rewritten(Crossing.class));
            stuck += schedule.waiting().isEmpty() ? 0 : 1;
        }
        assertThat(stuck).isPositive().isLessThan(SEEDS);
    }

    @Test
    void theSameSeedGivesTheSameTurns() {
        for (long seed = 0; seed < SEEDS; seed++) {
            Schedule one = new Schedule(seed);
            Schedule two = new Schedule(seed);
            run(one, rewritten(Careless.class));
            run(two, rewritten(Careless.class));
            assertThat(one.trace()).isEqualTo(two.trace());
        }
    }

    @Test
    void timeLeapsToWhoeverSleepsShortest() {
        List<String> order = new ArrayList<>();
        Schedule schedule = new Schedule(1);
        for (int hours : new int[] {3, 1, 2}) {
            schedule.start("sleeper", () -> {
                try {
                    Schedule.now().sleep(TimeUnit.HOURS.toNanos(hours));
                    order.add(hours + " " + TimeUnit.NANOSECONDS.toHours(schedule.nanoTime()));
                } catch (InterruptedException never) {
                    throw new AssertionError(never);
                }
            });
        }
        schedule.run();
        assertThat(order).containsExactly("1 1", "2 2", "3 3");
    }

    /** What each seed comes to. */
    private static <T extends Runnable & IntSupplier> List<Integer> counts(Class<T> type) {
        List<Integer> counts = new ArrayList<>();
        for (long seed = 0; seed < SEEDS; seed++) {
            Runnable counter = rewritten(type);
            run(new Schedule(seed), counter);
            counts.add(((IntSupplier) counter).getAsInt());
        }
        return counts;
    }

    private static void run(Schedule schedule, Runnable task) {
        for (int thread = 0; thread < THREADS; thread++) {
            schedule.start("thread-" + thread, task);
        }
        schedule.run();
    }

    private static Runnable rewritten(Class<? extends Runnable> type) {
        try {
            return new Alone(type)
                    .loadClass(type.getName())
                    .asSubclass(Runnable.class)
                    .getDeclaredConstructor()
                    .newInstance();
        } catch (ReflectiveOperationException wrong) {
            throw new LinkageError("no such class", wrong);
        }
    }

    /** Loads one class anew, with points in it. */
    private static final class Alone extends ClassLoader {
        private final Class<?> type;

        Alone(Class<?> type) {
            super(type.getClassLoader());
            this.type = type;
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (!name.equals(type.getName())) {
                return super.loadClass(name, resolve);
            }
            try (InputStream file =
                    Objects.requireNonNull(getParent().getResourceAsStream(name.replace('.', '/') + ".class"))) {
                byte[] code = Rewriter.rewrite(file.readAllBytes(), false);
                return defineClass(name, code, 0, code.length);
            } catch (IOException unreadable) {
                throw new ClassNotFoundException(name, unreadable);
            }
        }
    }
}
