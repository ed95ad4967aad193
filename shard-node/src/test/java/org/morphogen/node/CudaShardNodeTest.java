package org.morphogen.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.curator.framework.CuratorFramework;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.morphogen.node.control.NodeState;
import org.morphogen.node.cuda.HostGpu;
import org.morphogen.node.cuda.NeedsHostGpu;
import org.morphogen.node.engine.EngineFinding;
import org.morphogen.node.engine.ScanEngine;
import org.morphogen.node.fixture.MadeSnapshot;
import org.morphogen.node.fixture.NodeClient;
import org.morphogen.node.fixture.QueryClient;
import org.morphogen.node.fixture.Question;
import org.morphogen.node.fixture.SnapshotServer;
import org.morphogen.node.fixture.TableSpec;
import org.morphogen.node.fixture.ZooKeeperTestServer;
import org.morphogen.node.numa.NumaChoice;
import org.morphogen.protocol.v1.NodeStatus;
import org.morphogen.settings.ByteSize;
import org.morphogen.transport.Endpoint;
import org.morphogen.transport.TlsSettings;
import org.morphogen.zookeeper.ClusterPaths;
import org.morphogen.zookeeper.NodeRegistration;
import org.morphogen.zookeeper.RecordCodec;
import org.morphogen.zookeeper.ZooKeeperConnection;
import org.morphogen.zookeeper.ZooKeeperSettings;
import org.slf4j.LoggerFactory;

/** A whole node with engine cuda, from its settings on. */
@NeedsHostGpu
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class CudaShardNodeTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    /** What a GPU keeps for itself. */
    private static final long OWN_BYTES = 512L << 20;

    private static final ByteSize MEMORY = new ByteSize(3 << 20);

    @TempDir
    private Path folder;

    private final ListAppender<ILoggingEvent> logged = new ListAppender<>();
    private final Logger logger = (Logger) LoggerFactory.getLogger(EngineChoice.class);
    private Optional<Level> before = Optional.empty();

    @BeforeEach
    void listen() {
        before = Optional.ofNullable(logger.getLevel());
        logger.setLevel(Level.INFO);
        logged.start();
        logger.addAppender(logged);
    }

    @AfterEach
    void listenNoMore() {
        logger.detachAppender(logged);
        logger.setLevel(before.orElse(null));
    }

    @Test
    void registersItsCapacityAnswersAndGivesEverythingBack() throws Exception {
        MadeSnapshot snapshot = MadeSnapshot.make(folder.resolve("snapshot"), 1, new TableSpec("t", 32, 3, 1280, 256));
        try (HostGpu gpus = HostGpu.with(2, OWN_BYTES + (2 << 20));
                ZooKeeperTestServer zooKeeper = new ZooKeeperTestServer(folder.resolve("zookeeper"));
                CuratorFramework observer = ZooKeeperConnection.open(zooKeeper.settings());
                SnapshotServer source = new SnapshotServer(snapshot.folder())) {
            NodeSettings settings = settings(EngineChoice.CUDA, MEMORY, zooKeeper.settings());
            try (ShardNode node = ShardNode.start(settings);
                    NodeClient leader = new NodeClient(node.endpoint())) {
                String path = new ClusterPaths(0).node("gpu");
                await().atMost(PATIENCE).until(() -> observer.checkExists().forPath(path) != null);
                assertThat(new RecordCodec<>(NodeRegistration.class)
                                .decode(path, observer.getData().forPath(path)))
                        .isEqualTo(new NodeRegistration("gpu", node.endpoint().toString(), MEMORY.bytes()));
                leader.control()
                        .hold(NodeClient.request(1, snapshot.wish(0, 1, source.endpoint()))
                                .build());
                assertAnswersFromGpus(node, leader, snapshot);
            }
            gpus.assertNothingIsLeft();

            try (ShardNode again = ShardNode.start(settings);
                    NodeClient leader = new NodeClient(again.endpoint())) {
                assertAnswersFromGpus(again, leader, snapshot);
            }
            gpus.assertNothingIsLeft();
        }
    }

    private static void assertAnswersFromGpus(ShardNode node, NodeClient leader, MadeSnapshot snapshot) {
        await().atMost(PATIENCE).until(() -> {
            NodeStatus now = leader.status(1);
            return now.getState().equals(NodeState.READY.name()) && now.getMemoryUsedBytes() == snapshot.bytes();
        });
        NodeStatus status = leader.status(1);
        assertThat(status.getEngine()).isEqualTo("cuda");
        assertThat(status.getMemoryLimitBytes()).isEqualTo(MEMORY.bytes());
        try (QueryClient client = new QueryClient(node.endpoint())) {
            Question question =
                    Question.oneRow(snapshot, snapshot.manifest().table("t").orElseThrow(), 1);
            assertThat(client.ask(question.to(0, 1).build()).getRows().getWaysCount())
                    .isEqualTo(3);
        }
    }

    @Test
    void stopsWhileItLoads() {
        MadeSnapshot snapshot = MadeSnapshot.make(folder.resolve("snapshot"), 1, new TableSpec("t", 32, 3, 5120, 256));
        try (HostGpu gpus = HostGpu.with(1, OWN_BYTES + MEMORY.bytes());
                SnapshotServer source = new SnapshotServer(snapshot.folder())) {
            try (ShardNode node = ShardNode.start(settings(EngineChoice.CUDA));
                    NodeClient leader = new NodeClient(node.endpoint())) {
                leader.control()
                        .hold(NodeClient.request(1, snapshot.wish(0, 1, source.endpoint()))
                                .build());
                await().pollInterval(Duration.ofMillis(1))
                        .atMost(PATIENCE)
                        .until(() -> leader.status(1).getGenerations(0).getChunksReady() > 0);
            }
            gpus.assertNothingIsLeft();
        }
    }

    @Test
    void withoutAGpuItIsRefusedInOneSentence() {
        try (HostGpu none = HostGpu.with(0, 0)) {
            assertRefused(
                    EngineChoice.CUDA,
                    "engine: cuda cannot run here: the NVIDIA driver finds no GPU; nvidia-smi lists");
            assertThat(none.count("contexts")).isZero();
            assertTakes(EngineChoice.SCALAR, "scalar");
        }
    }

    @Test
    void moreMemoryThanTheGpusHaveIsRefusedWithBothNumbers() {
        try (HostGpu gpus = HostGpu.with(2, OWN_BYTES + (1 << 20))) {
            assertRefused(
                    EngineChoice.CUDA,
                    "memory is 3.0 MiB (3145728 bytes), and the GPUs have 2.0 MiB (2097152 bytes) free for chunks");
            gpus.assertNothingIsLeft();

            assertTakes(
                    EngineChoice.AUTO, EngineChoice.NATIVE.find(0) instanceof EngineFinding.Runs ? "native" : "vector");
            assertThat(logged())
                    .anySatisfy(line -> assertThat(line)
                            .contains("engine cuda is left out", "memory is 3.0 MiB", "the GPUs have 2.0 MiB"));
            gpus.assertNothingIsLeft();
        }
    }

    @Test
    void aGpuThatCannotBeUsedIsRefusedWithItsReason() {
        try (HostGpu gpus = HostGpu.with(1, OWN_BYTES + MEMORY.bytes())) {
            gpus.fail("cuModuleLoadDataEx", 1, 218);
            assertRefused(EngineChoice.CUDA, "a GPU cannot be used: cuModuleLoadDataEx: CUDA_ERROR_INVALID_PTX (218)");
            gpus.assertNothingIsLeft();
        }
    }

    @Test
    void autoTakesGpusThatHaveRoom() {
        try (HostGpu gpus = HostGpu.with(1, OWN_BYTES + MEMORY.bytes())) {
            assertTakes(EngineChoice.AUTO, "cuda");
            gpus.assertNothingIsLeft();
        }
    }

    private void assertRefused(EngineChoice engine, String why) {
        assertThatThrownBy(() -> ShardNode.start(settings(engine)))
                .hasMessageContaining(why)
                .isInstanceOfSatisfying(
                        MorphogenException.class,
                        refused -> assertThat(refused.reason()).isEqualTo(FailureReason.SETTINGS_INVALID));
    }

    private void assertTakes(EngineChoice choice, String taken) {
        try (ScanEngine engine = choice.open(MEMORY.bytes())) {
            assertThat(engine.name()).isEqualTo(taken);
        }
        assertThat(logged()).contains("engine: " + taken);
    }

    private List<String> logged() {
        return logged.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
    }

    private NodeSettings settings(EngineChoice engine) {
        return settings(engine, MEMORY, ZooKeeperTestServer.settings(1));
    }

    private NodeSettings settings(EngineChoice engine, ByteSize memory, ZooKeeperSettings ensemble) {
        return new NodeSettings(
                0,
                "gpu",
                new Endpoint("127.0.0.1", 0),
                Optional.empty(),
                folder.resolve("data"),
                memory,
                engine,
                0,
                NumaChoice.AUTO,
                Optional.empty(),
                ensemble,
                TlsSettings.NONE,
                16,
                256,
                8,
                64,
                memory,
                memory);
    }
}
