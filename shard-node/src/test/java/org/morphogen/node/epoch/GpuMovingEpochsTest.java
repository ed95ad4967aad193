package org.morphogen.node.epoch;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.morphogen.node.cuda.NeedsTestGpus;
import org.morphogen.node.cuda.TestGpus;
import org.morphogen.node.engine.ScalarEngine;
import org.morphogen.node.engine.ScanEngine;
import org.morphogen.node.fixture.TableSpec;

/** The same where one party's chunks lie on two GPUs. */
@NeedsTestGpus
class GpuMovingEpochsTest extends MovingEpochsTest {
    private static final Duration BLOCK = Duration.ofMillis(50);

    private final TestGpus gpus = TestGpus.open(2);

    @Override
    ScanEngine engine(int party) {
        return party == 0 ? gpus.engine() : new ScalarEngine();
    }

    @Override
    List<TableSpec> tables() {
        return List.of(new TableSpec("narrow", 32, 3, 640, 256), new TableSpec("wide", 256, 1, 384, 128));
    }

    @Override
    Blocks some() {
        return new Blocks(25, 60, BLOCK);
    }

    @Override
    Blocks many() {
        return new Blocks(2000, 60, BLOCK);
    }

    @Override
    @AfterEach
    void stop() {
        super.stop();
        gpus.close();
    }
}
