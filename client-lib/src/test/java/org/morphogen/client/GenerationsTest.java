package org.morphogen.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.morphogen.client.lookup.Absent;
import org.morphogen.client.lookup.Found;
import org.morphogen.client.lookup.Lookup;
import org.morphogen.client.party.FakeChain;
import org.morphogen.client.party.FakeCoordinator;
import org.morphogen.client.party.FakeParty;
import org.morphogen.client.party.FakeSnapshot;
import org.morphogen.client.party.FakeTable.Entry;
import org.morphogen.client.party.Layout;
import org.morphogen.client.party.TwoParties;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.morphogen.protocol.v1.ClusterView;
import org.morphogen.protocol.v1.ServedGeneration;
import org.morphogen.snapshot.SnapshotDigest;

/** Two parties that move to a newer generation, each when it has it. */
@Timeout(60)
final class GenerationsTest {
    private static final FakeSnapshot OLD = FakeSnapshot.of(71);
    private static final FakeSnapshot NEW = FakeSnapshot.of(72);
    private static final Layout LAYOUT = new Layout(2, 1, 2);

    private final Entry inOld = OLD.table("accounts").entries().getFirst();
    private final Entry inNew = NEW.table("accounts").entries().getFirst();
    private TwoParties parties;
    private TwoParties moved;
    private MorphogenClient client;

    @BeforeEach
    void start() {
        parties = TwoParties.start(OLD, LAYOUT);
        moved = TwoParties.start(NEW, LAYOUT);
        for (FakeParty party : parties.both()) {
            for (FakeCoordinator coordinator : party.coordinators()) {
                coordinator.addFiles(NEW);
            }
        }
        client = MorphogenClient.connect(parties.settings());
    }

    @AfterEach
    void stop() {
        client.close();
        parties.close();
        moved.close();
    }

    @Test
    void staysWithTheOldOneUntilBothServeTheNew() {
        move(0);
        awaitVersion(0, 2);
        assertOf(OLD.digest(), inOld);

        move(1);
        await().untilAsserted(() -> assertOf(NEW.digest(), inNew));

        parties.both().forEach(party -> party.change(ClusterView.Builder::clearEarlier));
        awaitVersion(0, 3);
        awaitVersion(1, 3);
        assertOf(NEW.digest(), inNew);
    }

    @Test
    void noLookupFailsWhileThePartiesMoveOneAfterTheOther() {
        AtomicBoolean enough = new AtomicBoolean();
        AtomicInteger done = new AtomicInteger();
        CompletableFuture<Void> looking = CompletableFuture.runAsync(() -> {
            while (!enough.get()) {
                Lookup lookup = client.lookup("accounts", inOld.key());
                if (lookup.asOf().snapshot().equals(OLD.digest())) {
                    assertThat(((Found) lookup).value()).isEqualTo(inOld.value());
                } else {
                    assertThat(lookup).isInstanceOf(Absent.class);
                }
                done.incrementAndGet();
            }
        });
        awaitMore(done, 3);
        move(0);
        awaitVersion(0, 2);
        awaitMore(done, 3);
        move(1);
        awaitVersion(1, 2);
        awaitMore(done, 3);
        enough.set(true);

        assertThat(looking).succeedsWithin(Duration.ofSeconds(30));
        assertThat(client.view().asOf().snapshot()).isEqualTo(NEW.digest());
    }

    @Test
    void asksTheNewestEpochThatBothHaveOfTheOldOne() {
        FakeChain chain = FakeChain.of(OLD).grow(5, 7);
        parties.both().forEach(party -> party.serve(chain));
        await().until(() -> client.view().asOf().epoch() == 5);

        move(0);
        awaitVersion(0, 3);
        assertThat(client.view().asOf().epoch()).isEqualTo(5);
        // Both go on with it, the one that has moved as well.
        FakeChain longer = chain.grow(2, 8);
        parties.party0().nodes().forEach(node -> node.hold(longer));
        parties.party0().change(view -> FakeParty.window(view.getEarlierBuilder(0), longer.epochs()));
        parties.party1().serve(longer);

        await().untilAsserted(() -> assertThat(client.view().asOf().epoch())
                .isEqualTo(longer.epochs().size() - 1));
        assertThat(client.lookup("accounts", inOld.key()).asOf().epoch())
                .isEqualTo(longer.epochs().size() - 1);
    }

    @Test
    void theSameSnapshotAsANewGenerationIsTheSameToClients() {
        parties.party0().change(view -> {
            ServedGeneration again =
                    view.getServing().toBuilder().setGeneration(9).build();
            view.addEarlier(view.getServing()).setServing(again);
        });
        awaitVersion(0, 2);

        assertOf(OLD.digest(), inOld);
        assertThat(client.view().served(0).generation()).isEqualTo(9);
    }

    @Test
    void wherePartiesHaveNoGenerationInCommonTheyDisagree() {
        move(0);
        parties.party0().change(ClusterView.Builder::clearEarlier);

        await().untilAsserted(() -> assertThat(failure().reason()).isEqualTo(FailureReason.PARTIES_DISAGREE));
    }

    @Test
    void takesInNoMoreThan16EarlierOnes() {
        parties.party0().change(view -> {
            for (int i = 0; i < 17; i++) {
                view.addEarlier(view.getServing());
            }
        });

        await().untilAsserted(() -> assertThat(failure().reason()).isEqualTo(FailureReason.PARTY_MISBEHAVES));
    }

    @Test
    void anEarlierOneMayNotNameTheOtherPartysProcessesEither() {
        parties.party0()
                .change(view -> view.addEarlier(
                        parties.party1().coordinators().getFirst().view().getServing()));

        await().untilAsserted(() -> assertThat(failure()).hasMessageContaining("Both parties name"));
    }

    /** The party serves the new generation, and answers the old one still. */
    private void move(int party) {
        ServedGeneration next = moved.party(party).coordinators().getFirst().view().getServing().toBuilder()
                .setGeneration(8)
                .build();
        parties.party(party).change(view -> view.addEarlier(view.getServing()).setServing(next));
    }

    private void awaitVersion(int party, long version) {
        await().ignoreExceptions()
                .until(() -> client.view().parties().get(party).version() == version);
    }

    private static void awaitMore(AtomicInteger done, int more) {
        int before = done.get();
        await().until(() -> done.get() >= before + more);
    }

    private void assertOf(SnapshotDigest snapshot, Entry entry) {
        Found found = (Found) client.lookup("accounts", entry.key());
        assertThat(found.asOf().snapshot()).isEqualTo(snapshot);
        assertThat(found.value()).isEqualTo(entry.value());
    }

    private MorphogenException failure() {
        MorphogenException failure =
                catchThrowableOfType(MorphogenException.class, () -> client.lookup("accounts", inOld.key()));
        assertThat(failure).as("the lookup's failure").isNotNull();
        return failure;
    }
}
