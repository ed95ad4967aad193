package org.morphogen.node.cuda;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One GPU at work. Memory beside the chunks' is bounded: {@value #LOADING} + {@value #TOUCHING} stagings of 4 MiB, here and
 * on the GPU, and what the scans take. Thread-safe.
 */
final class Gpu implements AutoCloseable {
    /** Chunks that are brought in at once. */
    private static final int LOADING = 8;
    /** Threads that merge into rows or read them at once; they never wait for loading. */
    private static final int TOUCHING = 4;

    private static final int SCANS = 16;
    private static final Logger log = LoggerFactory.getLogger(Gpu.class);

    private final GpuFacts facts;
    private final CudaDriver driver;
    private final Pool<Staging> loading;
    private final Pool<Staging> touching;
    private final Pool<SegmentPass> passes;
    private final PassWatch watch = new PassWatch(System::nanoTime);
    /** What merges failed with that left rows of no epoch. */
    private final Map<GpuRows, Throwable> spoilt = new ConcurrentHashMap<>();

    /** Opens the GPU. Fails with CudaFailure. */
    Gpu(GpuFacts facts, byte[] ptx) {
        this.facts = facts;
        this.driver = CudaDriver.open(facts.index(), ptx);
        this.loading = new Pool<>(LOADING, () -> new Staging(driver));
        this.touching = new Pool<>(TOUCHING, () -> new Staging(driver));
        this.passes = new Pool<>(SCANS, () -> new SegmentPass(driver, facts));
    }

    GpuFacts facts() {
        return facts;
    }

    /** Why what it holds is of no more use to this process, if so, and what to do. */
    Optional<String> fault() {
        return driver.fatalFailure()
                .map(failure -> fault("has failed", failure, ", and check the GPU if it happens again."))
                .or(() -> spoilt.values().stream()
                        .findFirst()
                        .map(failure -> fault("did not finish a merge", failure, ".")))
                .or(() -> watch.complaint()
                        .map(complaint -> fault(complaint) + ", and check the GPU if it happens again."));
    }

    private String fault(String what) {
        return "GPU " + facts.index() + " (" + facts.name() + ") " + what + "; start the node anew";
    }

    private String fault(String what, Throwable failure, String more) {
        return fault(what + ", " + failure.getMessage()) + more;
    }

    /** Rows of a chunk are of no epoch any more. */
    void spoilt(GpuRows rows, Throwable failure) {
        spoilt.put(rows, failure);
    }

    /** A chunk's rows are let go. */
    void forget(GpuRows rows) {
        spoilt.remove(rows);
    }

    /**
     * Frees device memory. What cannot be freed is told of, and gone until this process ends; so is what is let go after
     * the GPU was given back.
     */
    void free(long address) {
        try {
            driver.free(address);
        } catch (CudaFailure | IllegalStateException failed) {
            if (driver.fatalFailure().isEmpty()) {
                log.error("GPU {} did not take memory back", facts.index(), failed);
            }
        }
    }

    CudaDriver driver() {
        return driver;
    }

    /** What a chunk that is brought in passes through; its taker gives it back or discards it. */
    Pool<Staging> loading() {
        return loading;
    }

    /** Does something to rows that are here. */
    void touch(Consumer<Staging> work) {
        lend(touching, staging -> {
            work.accept(staging);
            return true;
        });
    }

    /** Scans. */
    void pass(Consumer<SegmentPass> work) {
        long pass = watch.begin();
        try {
            lend(passes, one -> {
                work.accept(one);
                return true;
            });
            watch.succeeded(pass);
        } catch (RuntimeException | Error failed) {
            watch.failed(pass, failed);
            throw failed;
        }
    }

    private static <T extends AutoCloseable, R> R lend(Pool<T> pool, Function<T, R> work) {
        T one = pool.borrow();
        boolean sound = false;
        try {
            R result = work.apply(one);
            sound = true;
            return result;
        } finally {
            if (sound) {
                pool.giveBack(one);
            } else {
                pool.discard(one);
            }
        }
    }

    /** What cannot be given back to a GPU that has failed is gone with it. */
    static void letGo(AutoCloseable one) {
        try {
            one.close();
        } catch (Exception failed) {
            log.debug("Not given back to the GPU: {}", failed.getMessage());
        }
    }

    @Override
    public void close() {
        loading.close();
        touching.close();
        passes.close();
        if (loading.allAreBack() && touching.allAreBack() && passes.allAreBack()) {
            letGo(driver);
        } else {
            // Whoever still works there would work on memory that is gone.
            log.warn("GPU {} is given back when this process ends: it is still being used", facts.index());
        }
    }
}
