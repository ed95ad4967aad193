package org.morphogen.node.handover;

import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.morphogen.node.cuda.NeedsTestGpus;
import org.morphogen.node.cuda.TestGpus;
import org.morphogen.node.engine.ScalarEngine;
import org.morphogen.node.fixture.QueryNode;
import org.morphogen.node.fixture.TableSpec;

/** Rows go from GPU memory to a replica without a GPU and the other way, and through checkpoints on disk. */
@NeedsTestGpus
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class GpuHandoverTest {
    private static final long SEED = Long.getLong("morphogen.seed", 20261127);

    private static final TableSpec NARROW = new TableSpec("narrow", 32, 1, 384, 256);
    private static final TableSpec WIDE = new TableSpec("wide", 1024, 1, 256, 128, 2);

    @TempDir
    private Path folder;

    @Test
    void aGpuGivesToAnotherEngine() {
        try (TestGpus gpus = TestGpus.open(1);
                Pair pair = new Pair(folder, SEED, gpus.engine(), new ScalarEngine(), NARROW, WIDE)) {
            pair.outgrowTheLog();
            pair.assertHoldsItsWindow(pair.donor(), Pair.WINDOW);
            pair.bringToHead(pair.taker());
            pair.assertHoldsItsWindow(pair.taker(), Pair.WINDOW);
        }
    }

    @Test
    void aGpuTakesFromAnotherEngineAndIsTheSameAfterARestart() {
        try (TestGpus gpus = TestGpus.open(2);
                Pair pair = new Pair(folder, SEED + 1, new ScalarEngine(), gpus.engine(), NARROW, WIDE)) {
            pair.holdSnapshot();
            pair.outgrowTheLog(pair.takerKeeper());
            pair.assertHoldsItsWindow(pair.taker(), Pair.WINDOW);
            pair.stopTaker();
            pair.startTaker();
            pair.taker().holder().awaitComplete(1);
            pair.assertHoldsItsWindow(pair.taker(), Pair.WINDOW - 1);
        }
    }

    @Test
    @Tag("long")
    void betweenGpus() {
        try (TestGpus gpus = TestGpus.open(2);
                Pair pair = new Pair(folder, SEED + 2, gpus.engine(), gpus.engine(), NARROW, WIDE)) {
            pair.outgrowTheLog();
            pair.bringToHead(pair.taker());
            pair.assertHoldsItsWindow(pair.taker(), Pair.WINDOW);
            try (QueryNode third = pair.another("third")) {
                pair.bringToHead(third);
                pair.assertHoldsItsWindow(third, Pair.WINDOW);
            }
        }
    }
}
