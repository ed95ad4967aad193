package org.morphogen.coordinator;

import static org.awaitility.Awaitility.await;

import io.grpc.ManagedChannel;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Predicate;
import org.morphogen.coordinator.admin.AdminClient;
import org.morphogen.coordinator.generation.LeaderTimings;
import org.morphogen.protocol.v1.AdminServiceGrpc;
import org.morphogen.protocol.v1.ClusterView;
import org.morphogen.protocol.v1.ClusterViewServiceGrpc;
import org.morphogen.protocol.v1.GenerationInfo;
import org.morphogen.protocol.v1.GenerationsRequest;
import org.morphogen.protocol.v1.GetViewRequest;
import org.morphogen.protocol.v1.PartyStatus;
import org.morphogen.protocol.v1.PublishProgress;
import org.morphogen.protocol.v1.Replica;
import org.morphogen.protocol.v1.StatusRequest;
import org.morphogen.snapshot.SnapshotDirectory;
import org.morphogen.transport.Endpoint;
import org.morphogen.transport.TlsSettings;
import org.morphogen.transport.Transport;

/** One party for a test: real ZooKeeper, real coordinators, fake nodes. */
public final class TestParty implements AutoCloseable {
    public static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int PARTY = 0;
    static final LeaderTimings QUICK = new LeaderTimings(
            Duration.ofMillis(100),
            Duration.ofMillis(500),
            Duration.ofMillis(50),
            Duration.ofMillis(300),
            Duration.ofSeconds(2),
            Duration.ofSeconds(3),
            Duration.ofSeconds(2),
            Duration.ofSeconds(1),
            Duration.ofSeconds(1),
            Duration.ofSeconds(60));

    private final Path folder;
    private final TestZooKeeper zooKeeper;
    private final Map<String, Coordinator> coordinators = new LinkedHashMap<>();
    private final Map<String, FakeNode> nodes = new LinkedHashMap<>();
    private Optional<String> ethereumNode = Optional.empty();
    private int windowEpochs = 64;
    private LeaderTimings timings = QUICK;

    public TestParty(Path folder) {
        this.folder = folder;
        this.zooKeeper = new TestZooKeeper(folder.resolve("zookeeper"));
    }

    public TestZooKeeper zooKeeper() {
        return zooKeeper;
    }

    public Path snapshots() {
        return folder.resolve("snapshots");
    }

    public SnapshotDirectory writeSnapshot(String name, long seed) {
        return TestSnapshots.write(snapshots(), name, seed);
    }

    /** Coordinators that start from now on follow that node, and nodes read the snapshots that they hold. */
    public void follow(URI node, int window) {
        ethereumNode = Optional.of(node.toString());
        windowEpochs = window;
    }

    /** Coordinators that start from now on keep superseded generations that long. */
    public void keepSuperseded(Duration grace) {
        timings = new LeaderTimings(
                QUICK.pollInterval(),
                QUICK.pollDeadline(),
                QUICK.tick(),
                QUICK.resendPause(),
                QUICK.callDeadline(),
                QUICK.placePatience(),
                QUICK.awayPatience(),
                QUICK.problemPatience(),
                grace,
                QUICK.loadTimeout());
    }

    public Coordinator startCoordinator(String id) {
        Coordinator coordinator = new Coordinator(settings(id), timings);
        coordinator.start();
        coordinators.put(id, coordinator);
        return coordinator;
    }

    /** The process is gone and its session with it. */
    public void killCoordinator(String id) {
        Coordinator killed = coordinators.remove(id);
        if (killed != null) {
            killed.close();
        }
    }

    public FakeNode startNode(String id) {
        FakeNode node = nodes.computeIfAbsent(id, _ -> newNode(id));
        return node.start();
    }

    private FakeNode newNode(String id) {
        FakeNode node = new FakeNode(id, PARTY, zooKeeper);
        return ethereumNode.isPresent() ? node.reading(snapshots()) : node;
    }

    public List<FakeNode> startNodes(String... ids) {
        List<FakeNode> started = new ArrayList<>();
        for (String id : ids) {
            started.add(startNode(id));
        }
        return started;
    }

    public String awaitLeader() {
        return awaitThat("a leader", this::leader).orElseThrow();
    }

    public Optional<String> leader() {
        return coordinators.entrySet().stream()
                .filter(entry -> entry.getValue().leadingTerm() > 0)
                .map(Map.Entry::getKey)
                .findFirst();
    }

    public AdminClient admin() {
        List<Endpoint> endpoints =
                coordinators.values().stream().map(Coordinator::endpoint).toList();
        return new AdminClient(endpoints, TlsSettings.NONE, PATIENCE);
    }

    /** Publishes and waits until it is served. */
    public PublishProgress publish(String snapshot) {
        awaitLeader();
        return admin().publish(snapshot, false, _ -> {});
    }

    /** Publishes even what is served already. */
    public PublishProgress publishAgain(String snapshot) {
        awaitLeader();
        return admin().publish(snapshot, true, _ -> {});
    }

    public CompletableFuture<PublishProgress> publishInBackground(String snapshot) {
        awaitLeader();
        AdminClient admin = admin();
        return CompletableFuture.supplyAsync(() -> admin.publish(snapshot, false, _ -> {}));
    }

    public List<GenerationInfo> generations() {
        return admin().ask(stub -> stub.generations(GenerationsRequest.getDefaultInstance()))
                .getGenerationsList();
    }

    /** As that coordinator tells. */
    public PartyStatus status(String coordinatorId) {
        return calling(
                endpoint(coordinatorId),
                channel -> AdminServiceGrpc.newBlockingStub(channel).status(StatusRequest.getDefaultInstance()));
    }

    public PartyStatus awaitStatus(String coordinatorId, Predicate<PartyStatus> wanted) {
        return awaitThat("a status", () -> Optional.of(status(coordinatorId)).filter(wanted))
                .orElseThrow();
    }

    private Endpoint endpoint(String coordinatorId) {
        return Optional.ofNullable(coordinators.get(coordinatorId))
                .orElseThrow(() -> new IllegalArgumentException(coordinatorId + " does not run"))
                .endpoint();
    }

    public void awaitGeneration(long generation, String state) {
        awaitThat(
                "generation " + generation + " " + state,
                () -> generations().stream()
                        .filter(info -> info.getGeneration() == generation
                                && info.getState().equals(state))
                        .findFirst());
    }

    public ClusterView view(String coordinatorId) {
        return calling(
                endpoint(coordinatorId),
                channel -> ClusterViewServiceGrpc.newBlockingStub(channel).get(GetViewRequest.getDefaultInstance()));
    }

    public ClusterView awaitView(String coordinatorId, Predicate<ClusterView> wanted) {
        return awaitThat("a view", () -> Optional.of(view(coordinatorId)).filter(wanted))
                .orElseThrow();
    }

    /** Ids of the ready replicas of all shards. */
    public static List<String> ready(ClusterView view) {
        return view.getServing().getShardsList().stream()
                .flatMap(shard -> shard.getReplicasList().stream())
                .filter(Replica::getReady)
                .map(Replica::getNodeId)
                .sorted()
                .toList();
    }

    public static <T> T calling(Endpoint endpoint, Function<ManagedChannel, T> call) {
        ManagedChannel channel = Transport.channel(endpoint, TlsSettings.NONE, Thread::startVirtualThread);
        try {
            return call.apply(channel);
        } finally {
            channel.shutdownNow();
        }
    }

    /** Waits until there is a value; failures on the way count as none yet. */
    public static <T> Optional<T> awaitThat(String what, Callable<Optional<T>> value) {
        return await(what)
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(50))
                .ignoreExceptions()
                .until(value, Optional::isPresent);
    }

    public CoordinatorSettings settings(String id) {
        return new CoordinatorSettings(
                PARTY,
                id,
                new Endpoint("127.0.0.1", 0),
                Optional.empty(),
                snapshots(),
                2,
                zooKeeper.settings(),
                TlsSettings.NONE,
                QUICK.retiredGrace(),
                QUICK.loadTimeout(),
                ethereumNode,
                Optional.empty(),
                windowEpochs);
    }

    @Override
    public void close() {
        coordinators.values().forEach(Coordinator::close);
        nodes.values().forEach(FakeNode::close);
        zooKeeper.close();
    }
}
