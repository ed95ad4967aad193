package org.morphogen.node.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.morphogen.epoch.Delta;
import org.morphogen.epoch.DeltaCodec;
import org.morphogen.epoch.Epoch;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.Failures;
import org.morphogen.node.control.NodeState;
import org.morphogen.node.epoch.EpochKeeper;
import org.morphogen.node.epoch.KnownEpoch;
import org.morphogen.node.epoch.Timeline;
import org.morphogen.node.fixture.Chain;
import org.morphogen.node.fixture.MadeSnapshot;
import org.morphogen.node.fixture.NodeClient;
import org.morphogen.node.fixture.QueryClient;
import org.morphogen.node.fixture.QueryNode;
import org.morphogen.node.fixture.Question;
import org.morphogen.node.fixture.SnapshotServer;
import org.morphogen.node.fixture.TableSpec;
import org.morphogen.node.generation.HeldGeneration;
import org.morphogen.node.query.QueryLimits;
import org.morphogen.protocol.v1.ChunkDigestsRequest;
import org.morphogen.protocol.v1.DropRequest;
import org.morphogen.protocol.v1.NodeStatus;
import org.morphogen.protocol.v1.QueryAnswer;
import org.morphogen.protocol.v1.QueryRequest;
import org.morphogen.row.Bytes32;
import org.morphogen.snapshot.ChunkId;
import org.morphogen.snapshot.Sha256;

/** A node whose GPU fails, for once or for good: what it says, what it goes on doing, and what it is after a restart. */
@NeedsHostGpu
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class LostGpuTest {
    private static final long SEED = Long.getLong("morphogen.seed", 20261128);
    private static final int ILLEGAL_ADDRESS = 700;
    private static final int INVALID_VALUE = 1;
    private static final int OUT_OF_MEMORY = 2;
    private static final int ROW_BYTES = 64;

    @TempDir
    private Path folder;

    private MadeSnapshot snapshot;
    private Chain chain;
    private SnapshotServer server;
    private TestGpus gpus;
    private QueryNode node;
    private QueryClient client;
    private NodeClient leader;
    private long queryId;

    @BeforeEach
    void start() {
        snapshot = MadeSnapshot.make(folder.resolve("snapshot"), SEED, new TableSpec("t", ROW_BYTES, 2, 384, 256));
        chain = new Chain(snapshot, new SplittableRandom(SEED));
        server = new SnapshotServer(snapshot.folder());
        open();
    }

    private void open() {
        gpus = TestGpus.open(1);
        node = new QueryNode(0, folder.resolve("node"), gpus.engine(), new QueryLimits(64, 4096, 64));
        client = new QueryClient(node.endpoint());
        leader = new NodeClient(node.endpoint());
    }

    private void stopNode() {
        leader.close();
        client.close();
        node.close();
        assertThat(node.holder().budget().usedBytes()).as("given back").isZero();
        gpus.close();
    }

    @AfterEach
    void stop() {
        stopNode();
        server.close();
    }

    private void hold() {
        node.holder().generations().hold(1, snapshot.wish(0, 1, server.endpoint()));
    }

    private void load() {
        hold();
        node.holder().awaitComplete(1);
        assertThat(ask(chain.head()).hasRows()).isTrue();
        assertThat(state()).isEqualTo(NodeState.READY);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7})
    void failsWhileItScans(int nth) {
        load();
        apply();
        awaitMerged();
        gpus.host().fail("execute", nth, ILLEGAL_ADDRESS);

        assertRefused(ask(chain.head()));
        assertIsLost("700");
        assertIsWellAfterARestart();
    }

    @Test
    void failsWhileItMerges() {
        load();
        gpus.host().fail("execute", 2, ILLEGAL_ADDRESS);

        apply();
        await().until(() -> state() == NodeState.DEGRADED);

        assertIsLost("700");
        assertIsWellAfterARestart();
    }

    @Test
    void failsWhileItLoads() {
        gpus.host().fail("execute", 4, ILLEGAL_ADDRESS);
        hold();
        await().until(() -> state() == NodeState.DEGRADED);

        assertIsLost("700");
        assertIsWellAfterARestart();
    }

    @Test
    void isGoneWhileNobodyAsksForIt() {
        load();
        gpus.host().lose(0, 46);

        assertRefused(ask(chain.head()));
        assertIsLost("46");
        assertIsWellAfterARestart();
    }

    @Test
    void whatItHeldCanBeDropped() {
        load();
        gpus.host().lose(0, 999);
        assertRefused(ask(chain.head()));

        leader.control()
                .drop(DropRequest.newBuilder().setTerm(1).setGeneration(1).build());

        assertThat(node.holder().budget().usedBytes()).isZero();
        assertThat(node.holder().directory().generation(1).path()).doesNotExist();
        assertThat(state()).isEqualTo(NodeState.DEGRADED);
    }

    /** Another process has all the memory for a while. */
    @Test
    void hasNoMemoryForTheChunksUntilOthersLetGo() {
        CudaDriver other = CudaDriver.open(0, Probes.module());
        long taken = other.allocate(other.freeBytes());
        hold();
        node.holder().awaitProblem(1, "memory");
        NodeStatus status = leader.status(1);
        assertThat(status.getState()).isEqualTo(NodeState.DEGRADED.name());
        assertThat(status.getGenerations(0).getProblem()).contains(FailureReason.CAPACITY_LACKING.advice());
        assertThat(gpus.engine().fault()).isEmpty();
        apply();

        other.free(taken);
        node.holder().awaitComplete(1);
        other.close();

        assertHoldsItsWindow();
        await().until(() -> state() == NodeState.READY);
    }

    @ParameterizedTest
    @CsvSource({"cuLaunchKernel, 1", "cuLaunchKernel, 2", "cuMemcpyHtoDAsync, 1", "cuStreamSynchronize, 1"})
    void aCallThatFailsOnceEndsThatQueryAlone(String call, int result) {
        load();
        gpus.host().fail(call, 1, result);

        QueryAnswer answer = ask(chain.head());

        assertThat(answer.getFailure().getReason()).isEqualTo(FailureReason.INTERNAL.name());
        assertThat(answer.getFailure().getMessage()).doesNotContain("cu", "GPU");
        assertThat(state()).isEqualTo(NodeState.READY);
        assertThat(ask(chain.head()).hasRows()).isTrue();
        apply();
        assertHoldsItsWindow();
    }

    @ParameterizedTest
    @CsvSource({"cuLaunchKernel", "cuMemcpyHtoDAsync", "cuEventSynchronize"})
    void aMergeThatFailsOnceIsMadeUpForLater(String call) {
        load();
        gpus.host().fail(call, 1, INVALID_VALUE);
        apply(chain.next(20, id -> id.equals(snapshot.chunkIds().getFirst())));
        // The chunk is the first of them, and stays behind when the others have come along.
        await().until(() -> keeper().kept().segmentsBehind() == 1);
        assertHoldsItsWindow();
        assertThat(state()).isEqualTo(NodeState.READY);

        apply();
        awaitMerged();
        assertHoldsItsWindow();
        assertThat(ask(chain.head()).hasRows()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"cuLaunchKernel", "cuMemAlloc", "cuMemcpyHtoDAsync", "cuMemsetD8Async", "cuEventRecord"})
    void aChunkThatFailsOnceToLoadIsLoadedAgain(String call) {
        gpus.host().fail(call, 2, call.endsWith("Alloc") ? OUT_OF_MEMORY : INVALID_VALUE);
        hold();
        node.holder().awaitComplete(1);
        assertHoldsItsWindow();
        assertThat(gpus.engine().fault()).isEmpty();
        await().until(() -> state() == NodeState.READY);
    }

    /** Not one row of a chunk that is merged by half is told, and the node's operator is. */
    @Test
    void aMergeThatIsCutShortEndsTheAnswers() {
        load();
        gpus.host().fail("cuEventRecord", 1, INVALID_VALUE);
        apply();
        await().until(() -> state() == NodeState.DEGRADED);

        assertRefused(ask(chain.head()));
        assertThat(leader.status(1).getGenerations(0).getProblem()).contains("merge", "start the node anew");
        assertThatThrownBy(() -> leader.control()
                        .chunkDigests(ChunkDigestsRequest.newBuilder()
                                .setTerm(1)
                                .setGeneration(1)
                                .setEpoch(chain.head().number())
                                .setEpochMark(ByteString.copyFrom(chain.head().mark()))
                                .build()))
                .satisfies(refused -> assertThat(
                                Failures.fromStatus("node", refused).reason())
                        .isEqualTo(FailureReason.NOT_SERVING));
        assertIsWellAfterARestart();
    }

    private void assertIsLost(String why) {
        NodeStatus status = leader.status(1);
        assertThat(status.getState()).isEqualTo(NodeState.DEGRADED.name());
        assertThat(status.getGenerations(0).getChunksReady()).isZero();
        assertThat(status.getGenerations(0).getProblem())
                .contains("GPU 0")
                .contains(why)
                .contains("start the node anew");
        assertThat(status.getGenerations(0).getWantsReplica()).isFalse();
        assertRefused(ask(chain.head()));
    }

    /** What is acknowledged meanwhile is there afterwards, and nothing else. */
    private void assertIsWellAfterARestart() {
        await().until(() -> generation().keeper().isPresent());
        apply();
        Epoch fork = chain.head();
        apply();
        chain.rewind(fork);
        assertThat(keeper().rewind(fork.digest())).isEqualTo(fork);
        apply();
        assertThat(DeltaCodec.read(leader.status(1).getGenerations(0).getHead()))
                .isEqualTo(chain.head());

        stopNode();
        open();
        node.holder().awaitComplete(1);

        assertThat(keeper().epochs().window().reversed().stream().map(KnownEpoch::epoch))
                .isEqualTo(chain.epochs());
        assertHoldsItsWindow();
        assertThat(ask(chain.head()).hasRows()).isTrue();
        assertThat(state()).isEqualTo(NodeState.READY);
        apply();
        awaitMerged();
        assertHoldsItsWindow();
    }

    private void assertHoldsItsWindow() {
        List<Epoch> window =
                keeper().epochs().window().stream().map(KnownEpoch::epoch).toList();
        assertThat(window.getFirst()).isEqualTo(chain.head());
        for (Epoch epoch : window) {
            try (Timeline.Pin pin = keeper().epochs().pin(epoch.number(), epoch.mark())) {
                for (ChunkId id : snapshot.chunkIds()) {
                    assertThat(keeper().digest(id, pin.epoch()).map(Bytes32::hex))
                            .as("chunk %s at %s, seed %d", id, epoch, SEED)
                            .contains(Sha256.of(chain.chunk(epoch, id)));
                }
            }
        }
    }

    private HeldGeneration generation() {
        return node.holder().generations().find(1).orElseThrow();
    }

    private EpochKeeper keeper() {
        return generation().keeper().orElseThrow();
    }

    private NodeState state() {
        return NodeState.valueOf(leader.status(1).getState());
    }

    private void awaitMerged() {
        await().until(() -> keeper().kept().segmentsBehind() == 0);
    }

    private void apply() {
        apply(chain.next(20));
    }

    private void apply(Delta delta) {
        assertThat(keeper().apply(delta, new HashSet<>(snapshot.chunkIds()))).isEqualTo(chain.head());
    }

    private QueryAnswer ask(Epoch epoch) {
        QueryRequest query = Question.oneRow(
                        snapshot, snapshot.manifest().tables().getFirst(), 7)
                .at(epoch)
                .to(0, ++queryId)
                .build();
        return client.ask(query);
    }

    private static void assertRefused(QueryAnswer answer) {
        assertThat(answer.getFailure().getReason()).isEqualTo(FailureReason.NOT_SERVING.name());
        assertThat(answer.getFailure().getMessage()).doesNotContain("GPU", "700");
    }

    private static ConditionFactory await() {
        return Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(5));
    }
}
