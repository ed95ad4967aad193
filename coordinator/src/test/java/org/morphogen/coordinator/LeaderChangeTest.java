package org.morphogen.coordinator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.morphogen.coordinator.TestParty.PATIENCE;
import static org.morphogen.coordinator.TestParty.awaitThat;
import static org.morphogen.coordinator.TestParty.ready;

import io.grpc.StatusRuntimeException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.curator.framework.CuratorFramework;
import org.apache.zookeeper.CreateMode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.Failures;
import org.morphogen.failure.MorphogenException;
import org.morphogen.protocol.v1.AdminServiceGrpc;
import org.morphogen.protocol.v1.ClusterView;
import org.morphogen.protocol.v1.PartyStatus;
import org.morphogen.protocol.v1.PublishProgress;
import org.morphogen.protocol.v1.PublishRequest;
import org.morphogen.protocol.v1.StatusRequest;
import org.morphogen.zookeeper.ClusterPaths;

/** Leaders, and ZooKeeper, that go away and come back. */
@Timeout(value = 90, unit = TimeUnit.SECONDS)
class LeaderChangeTest {
    private static final ClusterPaths PATHS = new ClusterPaths(0);

    @TempDir
    Path folder;

    private TestParty party;

    @BeforeEach
    void startParty() {
        party = new TestParty(folder);
        party.writeSnapshot("first", 1);
    }

    @AfterEach
    void stopParty() {
        party.close();
    }

    @Test
    void anotherCoordinatorFinishesThePublicationOfADeadLeader() {
        party.startCoordinator("c1");
        party.startCoordinator("c2");
        List<FakeNode> nodes = party.startNodes("n1", "n2");
        nodes.forEach(node -> node.setLoading(false));
        CompletableFuture<PublishProgress> publication = party.publishInBackground("first");
        nodes.forEach(node -> awaitThat(
                "the hold",
                () -> Optional.of(node).filter(told -> told.heldGenerations().equals(List.of(1L)))));
        String dead = party.awaitLeader();
        long oldTerm = nodes.getFirst().holds().getLast().getTerm();

        party.killCoordinator(dead);
        String next = party.awaitLeader();
        nodes.forEach(node -> awaitThat(
                "the next leader's hold",
                () -> Optional.of(node).filter(told -> told.holds().getLast().getTerm() > oldTerm)));
        nodes.forEach(node -> node.setLoading(true));

        party.awaitGeneration(1, "SERVING");
        assertThat(next).isNotEqualTo(dead);
        assertThat(publication).as("the administrator's call followed").succeedsWithin(PATIENCE);
        assertThat(party.generations()).hasSize(1);
        assertThat(nodes.getFirst().holds().getLast().getSourcesList()).hasSize(1);
    }

    @Test
    void aFollowerServesTheSameViewAndPointsToTheLeader() {
        Coordinator first = party.startCoordinator("c1");
        party.awaitLeader();
        Coordinator second = party.startCoordinator("c2");
        party.startNodes("n1", "n2");
        party.publish("first");

        ClusterView view = party.awaitView("c1", now -> ready(now).size() == 2);

        assertThat(party.awaitView("c2", now -> now.getVersion() >= view.getVersion()))
                .isEqualTo(party.view("c1"));
        MorphogenException refused = awaitThat(
                        "word of the leader",
                        () -> Optional.of(refusal(second))
                                .filter(failure -> !failure.facts().isEmpty()))
                .orElseThrow();
        assertThat(refused.reason()).isEqualTo(FailureReason.NOT_LEADER);
        assertThat(refused.facts())
                .containsEntry("leaderEndpoint", first.endpoint().toString())
                .containsEntry("leaderId", "c1");
    }

    @Test
    void aRestartNeedsNothingButZooKeeperAndTheSnapshots() {
        party.startCoordinator("c1");
        List<FakeNode> nodes = party.startNodes("n1", "n2");
        party.publish("first");
        ClusterView before = party.awaitView("c1", view -> ready(view).size() == 2);

        party.killCoordinator("c1");
        party.startCoordinator("c1");

        ClusterView after = party.awaitView("c1", ClusterView::hasServing);
        assertThat(after.getVersion()).isGreaterThanOrEqualTo(before.getVersion());
        assertThat(after.getServing()).isEqualTo(before.getServing());
        party.awaitLeader();
        nodes.getFirst().kill();
        assertThat(party.awaitView("c1", view -> ready(view).equals(List.of("n2")))
                        .getVersion())
                .isGreaterThan(before.getVersion());
    }

    @Test
    void aPublicationInTheMiddleOutlivesARestart() {
        party.startCoordinator("c1");
        List<FakeNode> nodes = party.startNodes("n1", "n2");
        nodes.forEach(node -> node.setLoading(false));
        CompletableFuture<PublishProgress> publication = party.publishInBackground("first");
        party.awaitGeneration(1, "STAGING");

        party.killCoordinator("c1");
        nodes.forEach(node -> node.setLoading(true));
        party.startCoordinator("c1");

        party.awaitGeneration(1, "SERVING");
        publication.cancel(true);
    }

    @Test
    void theLastViewIsServedWhileZooKeeperIsAwayAndWorkGoesOnAfterwards() {
        party.writeSnapshot("second", 2);
        party.startCoordinator("c1");
        party.startNodes("n1", "n2");
        party.publish("first");
        ClusterView before = party.awaitView("c1", view -> ready(view).size() == 2);

        party.zooKeeper().stop();
        awaitThat("the leader to step down", () -> Optional.of(party.leader()).filter(Optional::isEmpty));
        assertThat(party.view("c1")).isEqualTo(before);
        party.zooKeeper().start();

        party.awaitLeader();
        assertThat(party.publish("second").getGeneration()).isEqualTo(2);
        assertThat(party.awaitView("c1", view -> view.getServing().getGeneration() == 2)
                        .getVersion())
                .isGreaterThan(before.getVersion());
    }

    @Test
    void aLeaderWhoseTermIsOverChangesNothingAndStepsDown() throws Exception {
        Coordinator leader = party.startCoordinator("c1");
        party.startNodes("n1", "n2");
        party.awaitLeader();
        long term = leader.leadingTerm();

        try (CuratorFramework client = party.zooKeeper().connect()) {
            // What a newer leader does first.
            client.setData()
                    .forPath(PATHS.term(), "{\"term\":40,\"coordinatorId\":\"c9\"}".getBytes(StandardCharsets.UTF_8));
            party.publish("first");

            awaitThat("a newer term", () -> Optional.of(leader.leadingTerm()).filter(now -> now > 40));
        }
        assertThat(term).isLessThan(40);
        assertThat(party.generations())
                .as("nothing of the old term's attempt is left")
                .hasSize(1);
    }

    @Test
    void aNodeThatKnowsANewerTermMakesTheLeaderTakeOneAboveIt() {
        Coordinator leader = party.startCoordinator("c1");
        List<FakeNode> nodes = party.startNodes("n1", "n2");
        party.awaitLeader();

        nodes.getFirst().haveSeenTerm(70);

        awaitThat("a term above", () -> Optional.of(leader.leadingTerm()).filter(now -> now > 70));
        assertThat(party.publish("first").getPhase()).isEqualTo("SERVING");
    }

    @Test
    void aCoordinatorStartsBeforeItsZooKeeper() {
        party.zooKeeper().stop();
        party.startCoordinator("c1");
        party.zooKeeper().start();

        party.awaitLeader();

        assertThat(party.awaitView("c1", _ -> true).hasServing()).isFalse();
    }

    @Test
    void aCoordinatorEndsWhileItsZooKeeperIsAway() {
        party.startCoordinator("c1");
        party.awaitLeader();
        party.zooKeeper().stop();

        // Held to the time limit of these tests: waiting for ZooKeeper here would take minutes.
        party.killCoordinator("c1");

        party.zooKeeper().start();
        party.startCoordinator("c2");
        assertThat(party.awaitLeader()).isEqualTo("c2");
    }

    @Test
    void aCoordinatorThatCrashedTakesItsOldRegistrationOver() throws Exception {
        Coordinator coordinator;
        try (CuratorFramework dead = party.zooKeeper().connect()) {
            dead.create()
                    .creatingParentsIfNeeded()
                    .withMode(CreateMode.EPHEMERAL)
                    .forPath(
                            PATHS.coordinator("c1"),
                            "{\"coordinatorId\":\"c1\",\"endpoint\":\"127.0.0.1:9\"}".getBytes(StandardCharsets.UTF_8));
            coordinator = party.startCoordinator("c1");
            party.awaitLeader();
        }

        try (CuratorFramework client = party.zooKeeper().connect()) {
            awaitThat(
                    "its own registration",
                    () -> Optional.of(new String(
                                    client.getData().forPath(PATHS.coordinator("c1")), StandardCharsets.UTF_8))
                            .filter(now -> now.contains(coordinator.endpoint().toString())));
            awaitThat(
                    "word of it",
                    () -> Optional.of(status(coordinator))
                            .filter(now -> now.getLeaderEndpoint()
                                    .equals(coordinator.endpoint().toString())));
        }
    }

    private static PartyStatus status(Coordinator coordinator) {
        return TestParty.calling(
                coordinator.endpoint(),
                channel -> AdminServiceGrpc.newBlockingStub(channel).status(StatusRequest.getDefaultInstance()));
    }

    private static MorphogenException refusal(Coordinator follower) {
        return TestParty.calling(follower.endpoint(), channel -> {
            try {
                PublishProgress published = AdminServiceGrpc.newBlockingStub(channel)
                        .publish(
                                PublishRequest.newBuilder().setSnapshot("first").build())
                        .next();
                throw new AssertionError("a follower published: " + published);
            } catch (StatusRuntimeException refused) {
                return Failures.fromStatus("follower", refused);
            }
        });
    }
}
