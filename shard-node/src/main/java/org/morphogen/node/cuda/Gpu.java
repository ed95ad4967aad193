package org.morphogen.node.cuda;

import java.util.Optional;
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

    /** Why it is of no more use to this process, if so, and what to do. */
    Optional<String> fault() {
        return driver.fatalFailure()
                .map(failure -> "GPU " + facts.index() + " (" + facts.name() + ") has failed, " + failure.getMessage()
                        + "; start the node anew, and check the GPU if it happens again.");
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

    /** Does something with a scan's buffers. */
    <R> R pass(Function<SegmentPass, R> work) {
        return lend(passes, work);
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
        letGo(driver);
    }
}
