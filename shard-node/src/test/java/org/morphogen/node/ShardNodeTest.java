package org.morphogen.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.grpc.StatusRuntimeException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.curator.framework.CuratorFramework;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.Failures;
import org.morphogen.failure.MorphogenException;
import org.morphogen.node.control.NodeState;
import org.morphogen.node.fixture.Fault;
import org.morphogen.node.fixture.MadeSnapshot;
import org.morphogen.node.fixture.NodeClient;
import org.morphogen.node.fixture.QueryClient;
import org.morphogen.node.fixture.Question;
import org.morphogen.node.fixture.SnapshotServer;
import org.morphogen.node.fixture.TableSpec;
import org.morphogen.node.fixture.ZooKeeperTestServer;
import org.morphogen.node.numa.NumaChoice;
import org.morphogen.protocol.v1.DropRequest;
import org.morphogen.protocol.v1.HeldGeneration;
import org.morphogen.protocol.v1.HoldRequest;
import org.morphogen.protocol.v1.NodeStatus;
import org.morphogen.settings.ByteSize;
import org.morphogen.snapshot.TableManifest;
import org.morphogen.transport.Endpoint;
import org.morphogen.transport.TlsSettings;
import org.morphogen.zookeeper.ClusterPaths;
import org.morphogen.zookeeper.NodeRegistration;
import org.morphogen.zookeeper.RecordCodec;
import org.morphogen.zookeeper.ZooKeeperConnection;
import org.morphogen.zookeeper.ZooKeeperSettings;

/** A whole node: real ZooKeeper, real sockets, real files. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class ShardNodeTest {
    private static final ByteSize MEMORY = new ByteSize(1 << 20);
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    private Path folder;

    private ZooKeeperTestServer zooKeeper;
    private CuratorFramework observer;
    private MadeSnapshot snapshot;
    private SnapshotServer source;

    @BeforeEach
    void startSurroundings() {
        zooKeeper = new ZooKeeperTestServer(folder.resolve("zookeeper"));
        observer = ZooKeeperConnection.open(zooKeeper.settings());
        snapshot = MadeSnapshot.make(folder.resolve("snapshot"), 1, new TableSpec("t", 32, 3, 1280, 256));
        source = new SnapshotServer(snapshot.folder());
    }

    @AfterEach
    void stopSurroundings() {
        observer.close();
        source.close();
        zooKeeper.close();
    }

    @Test
    void registersHoldsAnswersAndLeaves() {
        try (ShardNode node = ShardNode.start(settings("n1"));
                NodeClient coordinator = new NodeClient(node.endpoint())) {
            awaitRegistered("n1", node.endpoint());
            assertThat(coordinator.status(3).getState()).isEqualTo("READY");

            coordinator.control().hold(wish(3).build());
            awaitState(node, NodeState.READY);

            NodeStatus status = coordinator.status(3);
            assertThat(status.getNodeId()).isEqualTo("n1");
            assertThat(status.getEngine()).isEqualTo(EngineChoice.AUTO.open(0).name());
            assertThat(status.getMemoryLimitBytes()).isEqualTo(MEMORY.bytes());
            assertThat(status.getMemoryUsedBytes()).isEqualTo(snapshot.bytes());
            HeldGeneration held = status.getGenerations(0);
            assertThat(held.getSnapshotDigest().toByteArray())
                    .isEqualTo(snapshot.digest().bytes());
            assertThat(held.getChunksReady()).isEqualTo(held.getChunksWanted()).isEqualTo(15);
            assertThat(held.getBytesReady()).isEqualTo(held.getBytesWanted()).isEqualTo(snapshot.bytes());
            assertThat(held.getProblem()).isEmpty();
            assertAnswers(node);

            coordinator
                    .control()
                    .drop(DropRequest.newBuilder().setTerm(3).setGeneration(1).build());
            assertThat(coordinator.status(3).getMemoryUsedBytes()).isZero();
        }
        await().atMost(PATIENCE).until(() -> registration("n1").isEmpty());
    }

    @Test
    void servesFromDiskThoughNobodyElseIsThere() {
        try (ShardNode node = ShardNode.start(settings("n1"));
                NodeClient coordinator = new NodeClient(node.endpoint())) {
            coordinator.control().hold(wish(1).build());
            awaitState(node, NodeState.READY);
        }
        source.close();
        zooKeeper.close();

        try (ShardNode node = ShardNode.start(settings("n1", ZooKeeperTestServer.settings(1)))) {
            awaitState(node, NodeState.READY);
            assertAnswers(node);
        }
    }

    @Test
    void isDegradedWhileItCannotLoad() {
        source.misbehave(request -> request.getFile().endsWith(".rows") ? Fault.REFUSE : Fault.NONE);
        try (ShardNode node = ShardNode.start(settings("n1"));
                NodeClient coordinator = new NodeClient(node.endpoint())) {
            coordinator.control().hold(wish(1).build());
            awaitState(node, NodeState.DEGRADED);
            assertThat(coordinator.status(1).getGenerations(0).getProblem())
                    .contains("chunk t/")
                    .contains(source.endpoint().toString());
            source.misbehave(request -> Fault.NONE);
            awaitState(node, NodeState.READY);
        }
    }

    @Test
    void registersAgainAfterItsSessionWasLost() throws Exception {
        try (ShardNode node = ShardNode.start(settings("n1"))) {
            awaitRegistered("n1", node.endpoint());
            long session = session("n1");

            zooKeeper.endSession(session);

            await().atMost(PATIENCE).ignoreExceptions().until(() -> session("n1") != session && session("n1") != 0);
            awaitRegistered("n1", node.endpoint());
        }
    }

    @Test
    void registersOnceZooKeeperIsThere() {
        int port = zooKeeper.port();
        zooKeeper.close();
        try (ShardNode node = ShardNode.start(settings("n1", ZooKeeperTestServer.settings(port)))) {
            assertThat(node.state()).isEqualTo(NodeState.READY);
            zooKeeper = new ZooKeeperTestServer(folder.resolve("zookeeper"), port);

            awaitRegistered("n1", node.endpoint());
        }
    }

    @Test
    void refusesAnIdThatAnotherLivingNodeHas() {
        try (ShardNode first = ShardNode.start(settings("n1"))) {
            awaitRegistered("n1", first.endpoint());

            try (ShardNode second = ShardNode.start(settings("n1", folder.resolve("second"), zooKeeper.settings()))) {
                assertThatThrownBy(second::awaitTermination)
                        .isInstanceOfSatisfying(
                                MorphogenException.class,
                                failure -> assertThat(failure.reason()).isEqualTo(FailureReason.SETTINGS_INVALID))
                        .hasMessageContaining("nodeId")
                        .hasMessageContaining(first.endpoint().toString());
            }
            awaitRegistered("n1", first.endpoint());
            assertThat(first.state()).isEqualTo(NodeState.READY);
        }
    }

    @Test
    void replacesWhatItLeftBehindWhenItWasKilled() throws Exception {
        Endpoint endpoint;
        try (ShardNode before = ShardNode.start(settings("n1"))) {
            endpoint = before.endpoint();
        }
        try (CuratorFramework ghost = ZooKeeperConnection.open(zooKeeper.settings())) {
            ghost.create()
                    .creatingParentsIfNeeded()
                    .withMode(CreateMode.EPHEMERAL)
                    .forPath(
                            new ClusterPaths(0).node("n1"),
                            new RecordCodec<>(NodeRegistration.class)
                                    .encode(new NodeRegistration("n1", endpoint.toString(), 1)));
            try (ShardNode after =
                    ShardNode.start(settings("n1", folder.resolve("data-n1"), zooKeeper.settings(), endpoint.port()))) {
                await().atMost(PATIENCE)
                        .until(() -> registration("n1")
                                .filter(r -> r.memoryLimitBytes() == MEMORY.bytes())
                                .isPresent());
                assertThat(after.endpoint()).isEqualTo(endpoint);
            }
        }
    }

    @Test
    void refusesADataDirectoryOrPortInUse() {
        try (ShardNode first = ShardNode.start(settings("n1"))) {
            assertThatThrownBy(() -> ShardNode.start(settings("n2", folder.resolve("data-n1"), zooKeeper.settings())))
                    .hasMessageContaining("in use by another node");
            assertThatThrownBy(() -> ShardNode.start(settings(
                            "n2",
                            folder.resolve("data-n2"),
                            zooKeeper.settings(),
                            first.endpoint().port())))
                    .hasMessageContaining("listen");
            ShardNode.start(settings("n2", folder.resolve("data-n2"), zooKeeper.settings()))
                    .close();
        }
    }

    @Test
    void answersBadControlCallsAndLivesOn() {
        try (ShardNode node = ShardNode.start(settings("n1"));
                NodeClient coordinator = new NodeClient(node.endpoint())) {
            assertRefused(coordinator, wish(1).setParty(1), "party");
            assertRefused(coordinator, wish(1).setSnapshotDigest(ByteString.copyFromUtf8("x")), "snapshot_digest");
            assertRefused(coordinator, wish(1).clearBaseEpoch(), "base_epoch");
            assertRefused(coordinator, wish(1).addChunks(wish(1).getChunks(0)), "chunks");
            assertRefused(coordinator, wish(1).addSources("nowhere"), "sources");
            assertRefused(coordinator, wish(1).setGeneration(-1), "generation");
            assertRefused(coordinator, wish(-1), "term");
            assertRefused(coordinator, HoldRequest.newBuilder(), "snapshot_digest");
            coordinator.control().hold(wish(1).build());
            awaitState(node, NodeState.READY);
        }
    }

    @Test
    void endsOpenStreamsWhenItCloses() throws InterruptedException {
        ShardNode node = ShardNode.start(settings("n1"));
        try (QueryClient client = new QueryClient(node.endpoint())) {
            client.ask(Question.oneRow(snapshot, table(), 1).to(0, 1).build());

            node.close();
            node.awaitTermination();

            client.end();
            assertThat(node.state()).isEqualTo(NodeState.STOPPING);
        }
    }

    private void assertAnswers(ShardNode node) {
        try (QueryClient client = new QueryClient(node.endpoint())) {
            assertThat(client.ask(Question.oneRow(snapshot, table(), 1).to(0, 1).build())
                            .getRows()
                            .getWaysCount())
                    .isEqualTo(3);
        }
    }

    private static void assertRefused(NodeClient coordinator, HoldRequest.Builder request, String field) {
        assertThatThrownBy(() -> coordinator.control().hold(request.build()))
                .isInstanceOf(StatusRuntimeException.class)
                .satisfies(
                        thrown -> assertThat(Failures.fromStatus("node", thrown).reason())
                                .isEqualTo(FailureReason.REQUEST_INVALID))
                .hasMessageContaining(field);
    }

    private TableManifest table() {
        return snapshot.manifest().table("t").orElseThrow();
    }

    private HoldRequest.Builder wish(long term) {
        return NodeClient.request(term, snapshot.wish(0, 1, source.endpoint()));
    }

    private static void awaitState(ShardNode node, NodeState state) {
        await("state " + state).atMost(PATIENCE).until(() -> node.state() == state);
    }

    private void awaitRegistered(String nodeId, Endpoint endpoint) {
        await("registration of " + nodeId)
                .atMost(PATIENCE)
                .until(() -> registration(nodeId)
                        .filter(r -> r.equals(new NodeRegistration(nodeId, endpoint.toString(), MEMORY.bytes())))
                        .isPresent());
    }

    private Optional<NodeRegistration> registration(String nodeId) throws Exception {
        String path = new ClusterPaths(0).node(nodeId);
        try {
            byte[] bytes = observer.getData().forPath(path);
            return Optional.of(new RecordCodec<>(NodeRegistration.class).decode(path, bytes));
        } catch (KeeperException.NoNodeException none) {
            return Optional.empty();
        }
    }

    private long session(String nodeId) throws Exception {
        var stat = observer.checkExists().forPath(new ClusterPaths(0).node(nodeId));
        return stat == null ? 0 : stat.getEphemeralOwner();
    }

    private NodeSettings settings(String nodeId) {
        return settings(nodeId, zooKeeper.settings());
    }

    private NodeSettings settings(String nodeId, ZooKeeperSettings ensemble) {
        return settings(nodeId, folder.resolve("data-" + nodeId), ensemble);
    }

    private static NodeSettings settings(String nodeId, Path data, ZooKeeperSettings ensemble) {
        return settings(nodeId, data, ensemble, 0);
    }

    private static NodeSettings settings(String nodeId, Path data, ZooKeeperSettings ensemble, int port) {
        return new NodeSettings(
                0,
                nodeId,
                new Endpoint("127.0.0.1", port),
                Optional.empty(),
                data,
                MEMORY,
                EngineChoice.AUTO,
                2,
                NumaChoice.AUTO,
                Optional.of(new Endpoint("127.0.0.1", 0)),
                ensemble,
                TlsSettings.NONE,
                16,
                256,
                8,
                64,
                MEMORY,
                MEMORY);
    }
}
