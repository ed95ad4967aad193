package org.morphogen.node.query;

import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.morphogen.node.engine.Accumulators;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One query's scan by several threads: each takes unit after unit and XORs into accumulators of its own, which are XORed
 * together at the end.
 */
final class ShardScan {
    private static final Logger log = LoggerFactory.getLogger(ShardScan.class);

    private final QueryPlan plan;
    private final List<ScanUnit> units;
    private final BooleanSupplier cancelled;
    private final WhenDone whenDone;
    private final AtomicInteger nextUnit = new AtomicInteger();
    private final AtomicInteger workersLeft = new AtomicInteger();
    private final List<Accumulators> results;
    private volatile @Nullable RuntimeException defect;

    /** Told once, when no thread works on the scan any more. */
    interface WhenDone {
        /** Accumulators in the order of the plan's ways. */
        void done(List<Accumulators> rows);

        /** There is no result: cancelled, or a defect. */
        void failed(RuntimeException why);
    }

    ShardScan(QueryPlan plan, BooleanSupplier cancelled, WhenDone whenDone) {
        this.plan = plan;
        this.units = ScanUnit.of(plan);
        this.cancelled = cancelled;
        this.whenDone = whenDone;
        this.results = accumulators();
    }

    /**
     * Begins; {@link WhenDone} is told on a thread of the pool, or on this one when the pool is closed or cannot start
     * its threads.
     */
    void start(ScanPool pool) {
        int workers = Math.min(pool.threads(), units.size());
        workersLeft.set(workers);
        for (int i = 0; i < workers; i++) {
            try {
                pool.execute(() -> work(pool));
            } catch (RejectedExecutionException closed) {
                defect = closed;
                workerEnded();
            } catch (OutOfMemoryError noThread) {
                failed(noThread);
                workerEnded();
            }
        }
    }

    private void work(ScanPool pool) {
        try {
            UnitScanner scanner = pool.borrow();
            List<Accumulators> own = accumulators();
            int unit = nextUnit.getAndIncrement();
            while (unit < units.size() && !cancelled.getAsBoolean()) {
                ScanUnit current = units.get(unit);
                scanner.scan(plan.ways().get(current.wayAt()), current, own.get(current.wayAt()), cancelled);
                unit = nextUnit.getAndIncrement();
            }
            merge(own);
            pool.giveBack(scanner);
        } catch (RuntimeException | Error thrown) {
            failed(thrown);
        } finally {
            workerEnded();
        }
    }

    private void failed(Throwable thrown) {
        log.error("A scan failed", thrown);
        defect = new IllegalStateException("A scan failed", thrown);
    }

    private void merge(List<Accumulators> own) {
        synchronized (results) {
            for (int i = 0; i < results.size(); i++) {
                results.get(i).xor(own.get(i), 0);
            }
        }
    }

    private void workerEnded() {
        if (workersLeft.decrementAndGet() > 0) {
            return;
        }
        RuntimeException failed = defect;
        if (failed != null) {
            whenDone.failed(failed);
        } else {
            whenDone.done(results);
        }
    }

    private List<Accumulators> accumulators() {
        return plan.ways().stream()
                .map(way -> new Accumulators(way.keys().size(), way.rowBytes()))
                .toList();
    }
}
