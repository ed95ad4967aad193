package org.morphogen.node.query;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.morphogen.node.engine.ScanEngine;

/**
 * The threads that scan, each with buffers of its own. Work waits in order of arrival; how much may wait is bounded by
 * {@link Admission}. Thread-safe.
 */
public final class ScanPool implements AutoCloseable {
    private final int threads;
    private final ScanEngine engine;
    private final ExecutorService executor;
    private final Queue<UnitScanner> idle = new ConcurrentLinkedQueue<>();

    /** @param threads at least 1 */
    public ScanPool(int threads, ScanEngine engine) {
        this.threads = threads;
        this.engine = engine;
        this.executor = Executors.newFixedThreadPool(
                threads, Thread.ofPlatform().name("scan-", 0).daemon().factory());
    }

    /** Number of threads. */
    int threads() {
        return threads;
    }

    /** Runs {@code work} on some thread; fails with RejectedExecutionException once the pool is closed. */
    void execute(Runnable work) {
        executor.execute(work);
    }

    /** A scanner for work on one of the pool's threads, to be given back when it is done; there are as many as threads. */
    UnitScanner borrow() {
        UnitScanner kept = idle.poll();
        return kept == null ? new UnitScanner(engine) : kept;
    }

    /** Takes a scanner back. One whose scan failed is not given back. */
    void giveBack(UnitScanner scanner) {
        idle.add(scanner);
    }

    /** Takes no more work; what was taken is done. */
    @Override
    public void close() {
        executor.close();
    }
}
