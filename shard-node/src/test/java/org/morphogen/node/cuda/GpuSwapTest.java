package org.morphogen.node.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.morphogen.node.engine.ScanEngine;
import org.morphogen.node.fixture.Fault;
import org.morphogen.node.fixture.MadeSnapshot;
import org.morphogen.node.fixture.QueryClient;
import org.morphogen.node.fixture.QueryNode;
import org.morphogen.node.fixture.Question;
import org.morphogen.node.fixture.SnapshotServer;
import org.morphogen.node.fixture.TableSpec;
import org.morphogen.node.query.QueryLimits;
import org.morphogen.protocol.v1.QueryAnswer;
import org.morphogen.snapshot.TableManifest;

/** One generation after another in the memory of GPUs. */
@NeedsHostGpu
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class GpuSwapTest {
    private static final TableSpec TABLE = new TableSpec("t", 64, 2, 512, 256);
    private static final QueryLimits LIMITS = new QueryLimits(64, 4096, 64);

    @TempDir
    private Path folder;

    private MadeSnapshot old;
    private MadeSnapshot young;
    private SnapshotServer oldSource;
    private SnapshotServer youngSource;

    @BeforeEach
    void start() {
        old = MadeSnapshot.make(folder.resolve("old"), 1, TABLE);
        young = MadeSnapshot.make(folder.resolve("young"), 2, TABLE);
        oldSource = new SnapshotServer(old.folder());
        youngSource = new SnapshotServer(young.folder());
    }

    @AfterEach
    void stop() {
        oldSource.close();
        youngSource.close();
    }

    private QueryNode node(ScanEngine engine) {
        return new QueryNode(0, folder.resolve("node"), engine, LIMITS);
    }

    private void holdOld(QueryNode node) {
        node.holder().generations().hold(1, old.wish(0, 1, oldSource.endpoint()));
        node.holder().awaitComplete(1);
        assertAnswers(node, old, 1);
    }

    private void holdYoung(QueryNode node) {
        node.holder().generations().hold(1, young.wish(0, 2, youngSource.endpoint()));
    }

    private static void assertAnswers(QueryNode node, MadeSnapshot snapshot, long generation) {
        assertThat(ask(node, snapshot, generation).hasRows())
                .as("generation %d", generation)
                .isTrue();
    }

    private static QueryAnswer ask(QueryNode node, MadeSnapshot snapshot, long generation) {
        TableManifest table = snapshot.manifest().tables().getFirst();
        try (QueryClient client = new QueryClient(node.endpoint())) {
            return client.ask(Question.oneRow(snapshot, table, 300)
                    .to(0, 1)
                    .setGeneration(generation)
                    .build());
        }
    }

    @Test
    void oneGpuWithRoomForOneGenerationDropsAndThenLoads() {
        try (TestGpus gpus = TestGpus.withRoom(1, old.bytes() + old.bytes() / 2);
                QueryNode node = node(gpus.engine())) {
            holdOld(node);

            assertThatThrownBy(() -> holdYoung(node)).isInstanceOfSatisfying(MorphogenException.class, refused -> {
                assertThat(refused.reason()).isEqualTo(FailureReason.CAPACITY_LACKING);
                assertThat(refused.facts())
                        .containsEntry("neededBytes", Long.toString(2 * old.bytes()))
                        .containsEntry("limitBytes", Long.toString(old.bytes() + old.bytes() / 2));
            });
            assertThat(node.holder().generations().numbers()).containsExactly(1L);
            assertAnswers(node, old, 1);

            node.holder().generations().drop(1, 0, 1);
            assertThat(node.holder().budget().usedBytes()).isZero();
            holdYoung(node);
            node.holder().awaitComplete(2);
            assertAnswers(node, young, 2);
            assertThat(ask(node, old, 1).getFailure().getReason()).isEqualTo(FailureReason.GENERATION_UNKNOWN.name());
        }
    }

    /** The manifest is not to be had at first, so that its size shows too late to be refused. */
    @Test
    void whatCouldNotBeRefusedWaitsForRoomAndSaysSo() {
        try (TestGpus gpus = TestGpus.withRoom(1, old.bytes() + old.bytes() / 2);
                QueryNode node = node(gpus.engine())) {
            holdOld(node);
            youngSource.misbehave(request -> Fault.REFUSE);
            holdYoung(node);
            node.holder().awaitProblem(2, "manifest");
            youngSource.misbehave(request -> Fault.NONE);
            node.holder().awaitProblem(2, "memory: ");
            assertAnswers(node, old, 1);

            node.holder().generations().drop(1, 0, 1);

            node.holder().awaitComplete(2);
            assertAnswers(node, young, 2);
            assertThat(node.holder().budget().usedBytes()).isEqualTo(young.bytes());
        }
    }

    @Test
    void twoGpusHoldBothAndServeBoth() {
        try (TestGpus gpus = TestGpus.withRoom(2, old.bytes());
                QueryNode node = node(gpus.engine())) {
            holdOld(node);
            holdYoung(node);
            node.holder().awaitComplete(2);
            assertAnswers(node, old, 1);
            assertAnswers(node, young, 2);

            node.holder().generations().drop(1, 0, 1);
            assertAnswers(node, young, 2);
            assertThat(node.holder().budget().usedBytes()).isEqualTo(young.bytes());
            node.holder().generations().hold(1, old.wish(0, 3, oldSource.endpoint()));
            node.holder().awaitComplete(3);
            assertAnswers(node, old, 3);
        }
    }
}
