package org.morphogen.node.cuda;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;

/**
 * A bounded number of things that are lent, made when they are first needed. Whoever comes when all are lent waits.
 * Thread-safe.
 */
final class Pool<T extends AutoCloseable> implements AutoCloseable {
    private static final long CLOSE_SECONDS = 5;

    private final int most;
    private final Semaphore free;
    private final Supplier<T> maker;
    /** Those that nobody has now; guarded by this. */
    private final Deque<T> idle = new ArrayDeque<>();

    private boolean closed;
    private volatile boolean allAreBack;

    Pool(int most, Supplier<T> maker) {
        this.most = most;
        this.free = new Semaphore(most);
        this.maker = maker;
    }

    /** One that is nobody else's until it is given back or discarded. */
    T borrow() {
        try {
            free.acquire();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new MorphogenException(FailureReason.UNAVAILABLE, "Waiting for the GPU was stopped.");
        }
        try {
            T one = takeIdle();
            return one == null ? maker.get() : one;
        } catch (RuntimeException | Error notMade) {
            free.release();
            throw notMade;
        }
    }

    private synchronized @Nullable T takeIdle() {
        return idle.poll();
    }

    /** For others to use. */
    void giveBack(T one) {
        boolean kept;
        synchronized (this) {
            kept = !closed;
            if (kept) {
                idle.push(one);
            }
        }
        try {
            if (!kept) {
                Gpu.letGo(one);
            }
        } finally {
            free.release();
        }
    }

    /** Nobody shall use it again: what was done with it failed. */
    void discard(T one) {
        try {
            Gpu.letGo(one);
        } finally {
            free.release();
        }
    }

    /** Nobody gets any more. Those that are lent are closed when they come back, which is waited for, but not for long. */
    @Override
    public void close() {
        Deque<T> all;
        synchronized (this) {
            closed = true;
            all = new ArrayDeque<>(idle);
            idle.clear();
        }
        all.forEach(Gpu::letGo);
        allAreBack = allAreBack || awaitLent();
    }

    /** Whether nobody has any: once this is closed. */
    boolean allAreBack() {
        return allAreBack;
    }

    private boolean awaitLent() {
        try {
            return free.tryAcquire(most, CLOSE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
