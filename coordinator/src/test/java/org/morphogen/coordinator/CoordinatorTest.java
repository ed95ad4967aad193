package org.morphogen.coordinator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.morphogen.coordinator.TestParty.PATIENCE;
import static org.morphogen.coordinator.TestParty.awaitThat;
import static org.morphogen.coordinator.TestParty.ready;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.morphogen.protocol.v1.ChunkRange;
import org.morphogen.protocol.v1.ClusterView;
import org.morphogen.protocol.v1.GenerationInfo;
import org.morphogen.protocol.v1.NodesRequest;
import org.morphogen.protocol.v1.PublishProgress;
import org.morphogen.protocol.v1.Replica;
import org.morphogen.protocol.v1.ServedGeneration;
import org.morphogen.protocol.v1.Shard;
import org.morphogen.snapshot.SnapshotDirectory;

/** Publication and serving, with one coordinator. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class CoordinatorTest {
    @TempDir
    Path folder;

    private TestParty party;

    @BeforeEach
    void startParty() {
        party = new TestParty(folder);
        party.startCoordinator("c1");
    }

    @AfterEach
    void stopParty() {
        party.close();
    }

    @Test
    void servesAPublishedSnapshotWithEveryChunkInOneShard() {
        SnapshotDirectory snapshot = party.writeSnapshot("first", 7);
        party.startNodes("n1", "n2", "n3", "n4");

        assertThat(party.publish("first").getPhase()).isEqualTo("SERVING");

        ClusterView view = party.awaitView("c1", now -> ready(now).size() == 4);
        ServedGeneration serving = view.getServing();
        assertThat(serving.getGeneration()).isEqualTo(1);
        assertThat(serving.getSnapshotDigest().toByteArray())
                .isEqualTo(snapshot.digest().bytes());
        assertThat(serving.getHead().getEpoch()).isZero();
        assertThat(serving.getHead().getBlockNumber()).isEqualTo(7);
        assertThat(serving.getHead()).isEqualTo(serving.getBaseEpoch());
        assertThat(serving.getShardsList()).hasSize(2);
        assertThat(serving.getShardsList().stream()
                        .flatMap(shard -> shard.getChunksList().stream())
                        .flatMap(way -> way.getRangesList().stream())
                        .mapToInt(ChunkRange::getCount)
                        .sum())
                .isEqualTo(TestSnapshots.CHUNKS);
    }

    @Test
    void aSecondGenerationReplacesTheFirstWhichIsDroppedAfterItsGrace() {
        party.writeSnapshot("first", 1);
        party.writeSnapshot("second", 2);
        List<FakeNode> nodes = party.startNodes("n1", "n2");
        party.publish("first");
        long version = party.awaitView("c1", ClusterView::hasServing).getVersion();

        assertThat(party.publish("second").getGeneration()).isEqualTo(2);

        ClusterView view = party.awaitView("c1", now -> now.getServing().getGeneration() == 2);
        assertThat(view.getVersion()).isGreaterThan(version);
        party.awaitGeneration(1, "RETIRED");
        awaitThat(
                "drops",
                () -> Optional.of(nodes)
                        .filter(all -> all.stream()
                                .allMatch(node -> node.heldGenerations().equals(List.of(2L)))));
    }

    @Test
    void publishingWhatIsServedChangesNothingAndSaysSo() {
        party.writeSnapshot("first", 1);
        party.startNodes("n1", "n2");
        party.publish("first");

        PublishProgress again = party.publish("first");

        assertThat(again.getNote()).contains("nothing to do");
        assertThat(again.getGeneration()).isEqualTo(1);
        assertThat(party.generations()).hasSize(1);
    }

    @Test
    void publishingAgainPlacesTheSameSnapshotOnTheNodesThatAreThere() {
        party.writeSnapshot("first", 1);
        List<FakeNode> nodes = party.startNodes("n1", "n2");
        party.publish("first");
        nodes.getFirst().kill();
        party.startNode("n3");
        awaitThat("n1 to be missed", () -> Optional.of(ready(party.view("c1"))).filter(ready -> ready.size() == 1));

        PublishProgress again = party.publishAgain("first");

        assertThat(again.getGeneration()).isEqualTo(2);
        ClusterView view = party.awaitView("c1", now -> now.getServing().getGeneration() == 2);
        assertThat(view.getServing().getShardsList())
                .flatMap(Shard::getReplicasList)
                .extracting(Replica::getNodeId)
                .containsExactlyInAnyOrder("n2", "n3");
    }

    @Test
    void anotherPublicationMustWaitButTheSameOneIsJoined() {
        party.writeSnapshot("first", 1);
        party.writeSnapshot("second", 2);
        List<FakeNode> nodes = party.startNodes("n1", "n2");
        nodes.forEach(node -> node.setLoading(false));
        CompletableFuture<PublishProgress> first = party.publishInBackground("first");
        party.awaitGeneration(1, "STAGING");

        MorphogenException refused = failureOf(() -> party.publish("second"));
        CompletableFuture<PublishProgress> joined = party.publishInBackground("first");
        nodes.forEach(node -> node.setLoading(true));

        assertThat(refused.reason()).isEqualTo(FailureReason.CHANGE_IN_PROGRESS);
        assertThat(refused.facts()).containsEntry("generation", "1");
        assertThat(first)
                .succeedsWithin(PATIENCE)
                .extracting(PublishProgress::getPhase)
                .isEqualTo("SERVING");
        assertThat(joined)
                .succeedsWithin(PATIENCE)
                .extracting(PublishProgress::getGeneration)
                .isEqualTo(1L);
    }

    @Test
    void aCorruptedSnapshotFailsAndTheOldOneIsServedOn() throws Exception {
        party.writeSnapshot("first", 1);
        SnapshotDirectory broken = party.writeSnapshot("broken", 2);
        Path chunk = broken.path("accounts/way-1/chunk-00001.rows");
        Files.write(chunk, new byte[(int) Files.size(chunk)]);
        party.startNodes("n1", "n2");
        party.publish("first");

        MorphogenException failure = failureOf(() -> party.publish("broken"));

        assertThat(failure.reason()).isEqualTo(FailureReason.SNAPSHOT_INVALID);
        assertThat(failure).hasMessageContaining("way-1/chunk-00001.rows");
        GenerationInfo failed = party.generations().get(1);
        assertThat(failed.getState()).isEqualTo("FAILED");
        assertThat(failed.getProblem()).contains("way-1/chunk-00001.rows");
        assertThat(party.view("c1").getServing().getGeneration()).isEqualTo(1);
    }

    @Test
    void aPublicationWaitsAMomentForTheNodesThatItNeeds() {
        party.writeSnapshot("first", 1);
        party.startNodes("n1");
        CompletableFuture<PublishProgress> publication = party.publishInBackground("first");
        awaitThat("it to begin", () -> Optional.of(party.generations()).filter(all -> !all.isEmpty()));

        party.startNodes("n2");

        assertThat(publication.join().getPhase()).isEqualTo("SERVING");
        assertThat(publication.join().getGeneration()).isEqualTo(1);
    }

    @Test
    void tooFewNodesFailWithFiguresAndTheNumberIsNotUsedAgain() {
        party.writeSnapshot("first", 1);
        party.startNodes("n1");

        MorphogenException failure = failureOf(() -> party.publish("first"));
        party.startNodes("n2");
        awaitThat(
                "two nodes",
                () -> Optional.of(party.admin().ask(stub -> stub.nodes(NodesRequest.getDefaultInstance())))
                        .filter(list -> list.getNodesList().stream()
                                        .filter(node -> node.getState().equals("READY"))
                                        .count()
                                == 2));

        assertThat(failure.reason()).isEqualTo(FailureReason.CAPACITY_LACKING);
        assertThat(failure.facts()).containsEntry("nodes", "1").containsEntry("replicas", "2");
        assertThat(party.publish("first").getGeneration()).isEqualTo(2);
    }

    @Test
    void refusesPathTricks() {
        for (String trick : new String[] {"../first", "/etc", "..", ".", "", "a/b", "a\\b", "first\n"}) {
            MorphogenException refused = failureOf(() -> party.publish(trick));
            assertThat(refused.reason()).as("'" + trick + "'").isEqualTo(FailureReason.REQUEST_INVALID);
        }
        assertThat(failureOf(() -> party.publish("absent")).reason()).isEqualTo(FailureReason.SNAPSHOT_UNKNOWN);
        assertThat(party.generations()).isEmpty();
    }

    private static MorphogenException failureOf(ThrowingCallable call) {
        MorphogenException failure = catchThrowableOfType(MorphogenException.class, call);
        assertThat(failure).as("a failure").isNotNull();
        return failure;
    }
}
