package org.morphogen.coordinator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.morphogen.coordinator.TestParty.PATIENCE;
import static org.morphogen.coordinator.TestParty.awaitThat;
import static org.morphogen.coordinator.TestParty.ready;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.morphogen.protocol.v1.PartyStatus;
import org.morphogen.protocol.v1.PublishProgress;
import org.morphogen.protocol.v1.StatusRequest;

/** Nodes that die, hang, complain or forget. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class NodeFaultsTest {
    @TempDir
    Path folder;

    private TestParty party;

    @BeforeEach
    void startParty() {
        party = new TestParty(folder);
        party.startCoordinator("c1");
        party.writeSnapshot("first", 1);
        party.writeSnapshot("second", 2);
    }

    @AfterEach
    void stopParty() {
        party.close();
    }

    @Test
    void aNodeThatDiesWhileLoadingAndComesBackHoldsUpButDoesNotFailThePublication() {
        List<FakeNode> nodes = party.startNodes("n1", "n2");
        nodes.get(1).setLoading(false);
        CompletableFuture<PublishProgress> publication = party.publishInBackground("first");
        awaitThat(
                "the hold",
                () -> Optional.of(nodes.get(1))
                        .filter(node -> node.heldGenerations().equals(List.of(1L))));

        nodes.get(1).kill();
        nodes.get(1).loseEverything();
        nodes.get(1).setLoading(true);
        party.startNode("n2");

        assertThat(publication).succeedsWithin(PATIENCE);
        assertThat(nodes.get(1).holds()).hasSizeGreaterThan(1);
    }

    @Test
    void aNodeThatStaysDeadFailsThePublicationAndTheOldGenerationIsServedOn() {
        List<FakeNode> nodes = party.startNodes("n1", "n2");
        party.publish("first");
        nodes.get(1).setLoading(false);
        CompletableFuture<PublishProgress> publication = party.publishInBackground("second");
        awaitThat(
                "the hold",
                () -> Optional.of(nodes.get(1))
                        .filter(node -> node.heldGenerations().contains(2L)));

        nodes.get(1).kill();

        assertThat(publication).failsWithin(PATIENCE);
        party.awaitGeneration(2, "FAILED");
        assertThat(party.generations().get(1).getProblem()).contains("n2").contains("gone");
        awaitThat(
                "the drop",
                () -> Optional.of(nodes.getFirst())
                        .filter(node -> node.heldGenerations().equals(List.of(1L))));
        assertThat(ready(party.awaitView("c1", view -> ready(view).equals(List.of("n1")))))
                .containsExactly("n1");
    }

    @Test
    void aHangingNodeFailsThePublicationThatNeedsIt() {
        List<FakeNode> nodes = party.startNodes("n1", "n2");
        nodes.get(1).setLoading(false);
        CompletableFuture<PublishProgress> publication = party.publishInBackground("first");
        awaitThat(
                "the hold",
                () -> Optional.of(nodes.get(1))
                        .filter(node -> node.heldGenerations().contains(1L)));

        nodes.get(1).setHanging(true);

        assertThat(publication).failsWithin(PATIENCE);
        party.awaitGeneration(1, "FAILED");
        assertThat(party.generations().getFirst().getProblem()).contains("n2").contains("does not answer");
    }

    @Test
    void aNodeThatHangsFromTheStartDelaysNothingElse() {
        FakeNode hanging = party.startNode("n3");
        hanging.setHanging(true);
        party.startNodes("n1", "n2");

        assertThat(party.publish("first").getPhase()).isEqualTo("SERVING");

        assertThat(ready(party.awaitView("c1", view -> ready(view).size() == 2)))
                .containsExactly("n1", "n2");
        assertThat(hanging.heldGenerations()).isEmpty();
    }

    @Test
    void aReportedProblemFailsThePublicationWithTheNodesOwnWords() {
        List<FakeNode> nodes = party.startNodes("n1", "n2");
        nodes.getFirst().setProblem("The disk /data is full; free 3 GiB.");

        MorphogenException failure = catchThrowableOfType(MorphogenException.class, () -> party.publish("first"));

        assertThat(failure).isNotNull().hasMessageContaining("n1").hasMessageContaining("The disk /data is full");
        awaitThat(
                "the drop",
                () -> Optional.of(nodes.getFirst())
                        .filter(node -> node.heldGenerations().isEmpty()));
    }

    @Test
    void memoryThatAServedGenerationIsStillBeingLoadedIntoIsNotGivenAway() {
        List<FakeNode> nodes = party.startNodes("n1", "n2");
        party.publish("first");
        // Restarted without their disks: nothing is in memory yet, and all of it will be.
        nodes.forEach(node -> {
            node.setLoading(false);
            node.setPromisedBytes(FakeNode.MEMORY_BYTES);
        });
        party.awaitView("c1", view -> ready(view).isEmpty());

        MorphogenException failure = catchThrowableOfType(MorphogenException.class, () -> party.publish("second"));

        assertThat(failure).isNotNull();
        assertThat(failure.reason()).isEqualTo(FailureReason.CAPACITY_LACKING);
    }

    @Test
    void aNodeThatRestartsEmptyIsToldAgainAndIsReadyAgain() {
        List<FakeNode> nodes = party.startNodes("n1", "n2");
        party.publish("first");
        party.awaitView("c1", view -> ready(view).size() == 2);

        nodes.getFirst().kill();
        long withoutIt =
                party.awaitView("c1", view -> ready(view).equals(List.of("n2"))).getVersion();
        nodes.getFirst().loseEverything();
        party.startNode("n1");

        assertThat(party.awaitView("c1", view -> ready(view).size() == 2).getVersion())
                .isGreaterThan(withoutIt);
    }

    @Test
    void theStateIsDegradedWhileAShardHasNoReadyReplica() {
        List<FakeNode> nodes = party.startNodes("n1", "n2");
        party.publish("first");
        party.awaitView("c1", view -> ready(view).size() == 2);
        assertThat(status().getState()).isEqualTo("SERVING");

        nodes.forEach(FakeNode::kill);

        party.awaitView("c1", view -> ready(view).isEmpty());
        assertThat(status().getState()).isEqualTo("DEGRADED");
    }

    @Test
    void aGenerationThatNobodyWantsIsDropped() {
        List<FakeNode> nodes = party.startNodes("n1", "n2");
        party.publish("first");
        FakeNode stray = nodes.getFirst();

        stray.hold(99);

        awaitThat(
                "the drop",
                () -> Optional.of(stray)
                        .filter(node -> node.drops().contains(99L)
                                && node.heldGenerations().equals(List.of(1L))));
    }

    private PartyStatus status() {
        return party.admin().ask(stub -> stub.status(StatusRequest.getDefaultInstance()));
    }
}
