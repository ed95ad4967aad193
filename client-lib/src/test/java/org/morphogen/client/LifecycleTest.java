package org.morphogen.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.morphogen.client.lookup.Absent;
import org.morphogen.client.lookup.Found;
import org.morphogen.client.lookup.Lookup;
import org.morphogen.client.lookup.LookupKey;
import org.morphogen.client.party.FakeCoordinator;
import org.morphogen.client.party.FakeNode;
import org.morphogen.client.party.FakeParty;
import org.morphogen.client.party.FakeSnapshot;
import org.morphogen.client.party.FakeTable.Entry;
import org.morphogen.client.party.Layout;
import org.morphogen.client.party.Reaction;
import org.morphogen.client.party.TwoParties;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.morphogen.protocol.v1.ClusterView;
import org.morphogen.protocol.v1.ServedGeneration;

@Timeout(60)
final class LifecycleTest {
    private static final FakeSnapshot SNAPSHOT = FakeSnapshot.of(61);

    private final Entry target = SNAPSHOT.table("accounts").entries().getFirst();
    private TwoParties parties;
    private MorphogenClient client;

    @BeforeEach
    void start() {
        parties = TwoParties.start(SNAPSHOT, new Layout(2, 1, 2));
        client = MorphogenClient.connect(parties.settings(Duration.ofSeconds(10), Duration.ofSeconds(20)));
    }

    @AfterEach
    void stop() {
        client.close();
        parties.close();
    }

    @Test
    void closingFailsWhatIsUnderWay() {
        allReact(Reaction.HANG);
        CompletableFuture<Lookup> lookup = client.lookupAsync("accounts", target.key());
        await().until(() -> parties.queries() == 4);

        client.close();

        assertThat(lookup)
                .failsWithin(10, TimeUnit.SECONDS)
                .withThrowableThat()
                .havingRootCause()
                .isInstanceOf(MorphogenException.class)
                .withMessageContaining("The client is closed.");
        await().until(() -> openStreams() == 0);
        await().until(() ->
                parties.both().stream().mapToInt(LifecycleTest::watchers).sum() == 0);
    }

    @Test
    void aClosedClientRefusesLookups() {
        client.close();
        client.close();

        assertThat(failure().reason()).isEqualTo(FailureReason.UNAVAILABLE);
        assertThat(failure()).hasMessageContaining("The client is closed.");
    }

    @Test
    void cancellingGivesALookupUp() {
        allReact(Reaction.HANG);
        CompletableFuture<List<Lookup>> lookup = client.lookupAllAsync("accounts", List.of(target.key()));
        await().until(() -> parties.queries() == 4);

        lookup.cancel(true);

        // A stream to a node that left the view ends only when no query is in flight on it.
        removeNodesFromTheView();
        await().until(() -> client.view().parties().getFirst().version() == 2
                && client.view().parties().getLast().version() == 2);
        failure();
        await().until(() -> openStreams() == 0);
    }

    @Test
    void aStreamToANodeThatLeftTheViewLastsUntilItsQueriesAreAnswered() {
        CompletableFuture<Void> gate = new CompletableFuture<>();
        allReact((query, matrix, answers) -> {
            gate.join();
            Reaction.ANSWER.to(query, matrix, answers);
        });
        CompletableFuture<Lookup> lookup = client.lookupAsync("accounts", target.key());
        await().until(() -> parties.queries() == 4);

        removeNodesFromTheView();
        await().until(() -> client.view().parties().getFirst().version() == 2
                && client.view().parties().getLast().version() == 2);
        failure();
        assertThat(openStreams()).isEqualTo(4);
        gate.complete(null);

        assertThat(lookup.join()).isInstanceOf(Found.class);
        await().until(() -> openStreams() == 0);
    }

    @Test
    void interruptingALookupEndsIt() throws Exception {
        allReact(Reaction.HANG);
        CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
        Thread thread = Thread.ofVirtual().start(() -> {
            failure();
            interrupted.complete(Thread.currentThread().isInterrupted());
        });
        await().until(() -> parties.queries() == 4);

        thread.interrupt();

        assertThat(interrupted.get(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void connectsAgainToANodeThatWasRestarted() throws Exception {
        assertFound();
        FakeNode node = parties.party0().nodes().getFirst();
        node.kill();
        assertThat(failure().reason()).isEqualTo(FailureReason.UNAVAILABLE);

        node.restart();

        assertFound();
    }

    @Test
    void followsTheViewToOtherNodes() {
        assertFound();
        try (FakeParty others = FakeParty.start(0, SNAPSHOT, new Layout(3, 1, 3))) {
            ServedGeneration moved = others.coordinators().getFirst().view().getServing();
            parties.party0().change(view -> view.setServing(moved));
            await().until(() -> client.view().parties().getFirst().version() == 2);

            assertFound();

            assertThat(others.queries()).isEqualTo(3);
            await().until(() -> parties.party0().nodes().stream().allMatch(node -> node.openStreams() == 0));
        }
    }

    @Test
    void refusesWhileOnlyOnePartyHasMovedToAnotherSnapshot() {
        ByteString other = ByteString.copyFrom(new byte[32]);
        ByteString same = ByteString.copyFrom(SNAPSHOT.digest().bytes());
        parties.party0().changeServing(serving -> serving.setSnapshotDigest(other));
        await().untilAsserted(() -> assertThat(failure().reason()).isEqualTo(FailureReason.PARTIES_DISAGREE));

        parties.party0().changeServing(serving -> serving.setSnapshotDigest(same));

        await().ignoreExceptions().untilAsserted(this::assertFound);
    }

    private boolean servedByBoth(long generation) {
        return client.view().parties().stream().allMatch(view -> view.served().generation() == generation);
    }

    @Test
    void readsTheFilesOfANewSnapshot() {
        FakeSnapshot next = FakeSnapshot.of(62);
        Entry newcomer = next.table("accounts").entries().getFirst();
        try (TwoParties moved = TwoParties.start(next, new Layout(2, 1, 2))) {
            for (int party = 0; party < 2; party++) {
                ClusterView view = moved.party(party).coordinators().getFirst().view();
                for (FakeCoordinator coordinator : parties.party(party).coordinators()) {
                    next.files().forEach(coordinator::replaceFile);
                }
                parties.party(party)
                        .change(old ->
                                old.setServing(view.getServing().toBuilder().setGeneration(8)));
            }
            await().ignoreExceptions().until(() -> servedByBoth(8));

            assertThat(client.lookup("accounts", newcomer.key()))
                    .isInstanceOfSatisfying(
                            Found.class, found -> assertThat(found.value()).isEqualTo(newcomer.value()));
            assertThat(client.lookup("accounts", target.key())).isInstanceOf(Absent.class);
        }
    }

    @Test
    void followsAnotherCoordinatorWhenOneIsLost() {
        await().until(() -> watchers(parties.party1()) == 1);

        parties.party1().coordinators().forEach(FakeCoordinator::breakWatches);
        await().until(() -> watchers(parties.party1()) >= 1);
        parties.both().forEach(party -> party.changeServing(serving -> serving.setGeneration(9)));

        await().ignoreExceptions().until(() -> servedByBoth(9));
    }

    @Test
    void doesNotHurryToACoordinatorThatEndsEveryWatch() {
        List<FakeCoordinator> coordinators = parties.party0().coordinators();
        await().until(() -> watchers(parties.party0()) == 1);
        coordinators.forEach(FakeCoordinator::endWatches);
        coordinators.forEach(FakeCoordinator::breakWatches);

        // Pauses of 50 ms at least, then 100, 200, ...: a slow machine sees fewer watches, never more.
        await().during(3, TimeUnit.SECONDS)
                .atMost(20, TimeUnit.SECONDS)
                .until(() ->
                        coordinators.stream().mapToInt(FakeCoordinator::watches).sum() < 12);
        assertFound();
    }

    @Test
    void answersWhileNoCoordinatorIsThere() {
        parties.both().forEach(party -> party.coordinators().forEach(FakeCoordinator::close));

        assertFound();
    }

    @Test
    void refusesAViewThatCannotBeUntilAGoodOneComes() {
        parties.party0().change(view -> view.setParty(1));
        await().untilAsserted(() -> assertThat(failure().reason()).isEqualTo(FailureReason.PARTY_MISBEHAVES));

        parties.party0().change(view -> view.setParty(0));

        await().ignoreExceptions().untilAsserted(this::assertFound);
    }

    @Test
    void refusesAViewThatLosesAShard() {
        parties.party0().changeServing(serving -> serving.removeShards(0));

        await().untilAsserted(() -> assertThat(failure().reason()).isEqualTo(FailureReason.PARTY_MISBEHAVES));
    }

    @Test
    void refusesWhenAPartyStopsServing() {
        parties.party0().change(ClusterView.Builder::clearServing);

        await().untilAsserted(() -> assertThat(failure().reason()).isEqualTo(FailureReason.NOT_SERVING));
    }

    @Test
    void ignoresAnOlderView() {
        parties.both().forEach(party -> party.changeServing(serving -> serving.setGeneration(9)));
        await().ignoreExceptions().until(() -> servedByBoth(9));
        for (FakeCoordinator coordinator : parties.party0().coordinators()) {
            ClusterView old = coordinator.view().toBuilder()
                    .setVersion(1)
                    .setServing(coordinator.view().getServing().toBuilder()
                            .setSnapshotDigest(ByteString.copyFrom(new byte[32])))
                    .build();
            coordinator.publish(old);
            coordinator.publish(old.toBuilder()
                    .setVersion(10)
                    .setServing(old.getServing().toBuilder()
                            .setSnapshotDigest(
                                    ByteString.copyFrom(SNAPSHOT.digest().bytes())))
                    .build());
        }
        await().until(() -> client.view().parties().getFirst().version() == 10);

        assertFound();
    }

    @Test
    void manyLookupsUseOneStreamANode() {
        Random random = new Random(4);
        for (int i = 0; i < 20; i++) {
            LookupKey unused = FakeSnapshot.randomAddress(random);
            assertThat(client.lookup("accounts", unused)).isInstanceOf(Absent.class);
        }

        assertThat(parties.both())
                .allSatisfy(party -> assertThat(party.nodes())
                        .allSatisfy(node ->
                                assertThat(node.received()).hasSize(20).allMatch(received -> received.stream() == 0)));
    }

    private void removeNodesFromTheView() {
        for (FakeParty party : parties.both()) {
            party.changeServing(serving -> serving.getShardsBuilderList().forEach(shard -> shard.clearReplicas()));
        }
    }

    private void allReact(Reaction reaction) {
        parties.both().forEach(party -> party.nodes().forEach(node -> node.react(reaction)));
    }

    private int openStreams() {
        return parties.both().stream()
                .flatMap(party -> party.nodes().stream())
                .mapToInt(FakeNode::openStreams)
                .sum();
    }

    private static int watchers(FakeParty party) {
        return party.coordinators().stream().mapToInt(FakeCoordinator::watchers).sum();
    }

    private void assertFound() {
        assertThat(client.lookup("accounts", target.key()))
                .isInstanceOfSatisfying(
                        Found.class, found -> assertThat(found.value()).isEqualTo(target.value()));
    }

    private MorphogenException failure() {
        MorphogenException failure =
                catchThrowableOfType(MorphogenException.class, () -> client.lookup("accounts", target.key()));
        assertThat(failure).as("the lookup's failure").isNotNull();
        return failure;
    }
}
