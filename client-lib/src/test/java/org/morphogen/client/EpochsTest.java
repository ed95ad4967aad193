package org.morphogen.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.morphogen.client.lookup.Found;
import org.morphogen.client.party.FakeChain;
import org.morphogen.client.party.FakeSnapshot;
import org.morphogen.client.party.FakeTable.Entry;
import org.morphogen.client.party.Layout;
import org.morphogen.client.party.TwoParties;
import org.morphogen.client.view.PartyHead;
import org.morphogen.epoch.Epoch;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;

/** Two parties that are not in step: which epoch a client asks for, and which windows it refuses. */
@Timeout(60)
final class EpochsTest {
    private static final FakeSnapshot SNAPSHOT = FakeSnapshot.of(81);
    private static final FakeChain CHAIN = FakeChain.of(SNAPSHOT).grow(12, 82);
    private static final FakeChain FORK = CHAIN.upTo(7).grow(6, 83);
    private static final int TARGET = 5;

    private TwoParties parties;

    @BeforeEach
    void start() {
        parties = TwoParties.start(SNAPSHOT, new Layout(2, 1, 2));
    }

    @AfterEach
    void stop() {
        parties.close();
    }

    static Stream<Arguments> pairs() {
        return Stream.of(
                Arguments.of("in step", CHAIN, CHAIN, 12),
                Arguments.of("party 0 ahead", CHAIN, CHAIN.upTo(11), 11),
                Arguments.of("party 1 ahead", CHAIN.upTo(9), CHAIN.from(3), 9),
                Arguments.of("partly overlapping", CHAIN.upTo(8), CHAIN.from(6), 8),
                Arguments.of("one epoch in common", CHAIN.upTo(6), CHAIN.from(6), 6),
                Arguments.of("one at the base still", CHAIN.upTo(0), CHAIN, 0),
                Arguments.of("a reorganisation that one has seen", CHAIN, FORK, 7),
                Arguments.of("the same, with a shorter window", CHAIN.from(6), FORK.from(7), 7));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("pairs")
    void asksForTheNewestEpochThatBothHave(String what, FakeChain zero, FakeChain one, long expected) {
        parties.party0().serve(zero);
        parties.party1().serve(one);

        try (MorphogenClient client = MorphogenClient.connect(parties.settings())) {
            assertThat(client.view().asOf().epoch()).isEqualTo(expected);
            assertRight(client, expected);
            List<PartyHead> heads = client.view().heads();
            assertThat(heads).extracting(PartyHead::party).containsExactly(0, 1);
            assertThat(heads)
                    .extracting(PartyHead::epoch)
                    .containsExactly(zero.head().epoch(), one.head().epoch());
            assertThat(heads)
                    .extracting(head -> head.blocksAheadOf(client.view().asOf()))
                    .containsExactly(
                            zero.head().epoch().number() - expected,
                            one.head().epoch().number() - expected);
        }
    }

    @Test
    void namesThePartyThatLagsAndGoesOnWhenItHasCaughtUp() {
        parties.party0().serve(CHAIN.from(8));
        parties.party1().serve(CHAIN.upTo(7));
        MorphogenException refusal = refusal(FailureReason.PARTY_LAGS);
        assertThat(refusal.facts()).containsEntry("party", "1").containsEntry("party 0 first block", "20000008");

        parties.party1().serve(CHAIN.upTo(8));

        try (MorphogenClient client = MorphogenClient.connect(parties.settings())) {
            assertRight(client, 8);
            parties.party1().serve(CHAIN.upTo(7));
            await().untilAsserted(() -> assertThat(catchThrowableOfType(MorphogenException.class, client::view))
                    .extracting(MorphogenException::reason)
                    .isEqualTo(FailureReason.PARTY_LAGS));
            parties.party1().serve(CHAIN.upTo(10));
            await().ignoreExceptions().until(() -> client.view().asOf().epoch() == 10);
            assertRight(client, 10);
        }
    }

    @Test
    void refusesPartiesWhoseWindowsHoldDifferentChains() {
        parties.party0().serve(CHAIN.from(8));
        parties.party1().serve(FORK.from(8));

        MorphogenException refusal = refusal(FailureReason.PARTIES_DISAGREE);

        assertThat(refusal.facts())
                .containsEntry("epoch", "12")
                .containsEntry(
                        "party 0 block hash", CHAIN.head().epoch().block().hash());
        assertThat(parties.queries()).isZero();
    }

    @Test
    void tellsWhyAPartyIsStalled() {
        parties.party1().changeServing(serving -> serving.setStalled("The table 'accounts' is full."));

        try (MorphogenClient client = MorphogenClient.connect(parties.settings())) {
            assertThat(client.view().heads().get(0).stalled()).isEmpty();
            assertThat(client.view().heads().get(1).stalled()).contains("The table 'accounts' is full.");
        }
    }

    @Test
    void whatAStalledPartySaysIsShortAndPrintable() {
        parties.party0().changeServing(serving -> serving.setStalled("\u001b[2Jfull\n" + "y".repeat(100_000)));
        parties.party1().changeServing(serving -> serving.setStalled("\n\u0007"));

        try (MorphogenClient client = MorphogenClient.connect(parties.settings())) {
            assertThat(client.view().heads())
                    .allSatisfy(head -> assertThat(head.stalled().orElseThrow())
                            .matches("[ -~]+")
                            .hasSizeLessThanOrEqualTo(1000));
        }
    }

    static Stream<Arguments> lies() {
        List<Epoch> right = CHAIN.epochs();
        List<Epoch> gap = new ArrayList<>(right);
        gap.remove(5);
        List<Epoch> twice = new ArrayList<>(right);
        twice.add(5, right.get(5));
        List<Epoch> lateBlocks = new ArrayList<>(right.subList(0, 1));
        lateBlocks.add(new Epoch(1, right.get(1).digest(), right.get(2).block()));
        List<Epoch> otherBase = new ArrayList<>(right);
        otherBase.set(0, new Epoch(0, right.get(3).digest(), right.get(0).block()));
        List<Epoch> drifted = IntStream.range(4, 6)
                .mapToObj(i ->
                        new Epoch(i, right.get(i).digest(), right.get(i + 1).block()))
                .toList();
        return Stream.of(
                Arguments.of("a gap", gap),
                Arguments.of("an epoch twice", twice),
                Arguments.of("descending", right.reversed()),
                Arguments.of("shuffled", shuffled(right)),
                Arguments.of("blocks that are skipped", lateBlocks),
                Arguments.of("another base", otherBase),
                Arguments.of("other blocks than the base leads to", drifted));
    }

    private static List<Epoch> shuffled(List<Epoch> epochs) {
        List<Epoch> shuffled = new ArrayList<>(epochs);
        Collections.swap(shuffled, 2, 9);
        return shuffled;
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("lies")
    void refusesAWindowThatCannotBe(String what, List<Epoch> window) {
        parties.party0().serve(CHAIN);
        parties.party1().list(window);

        assertThat(refusal(FailureReason.PARTY_MISBEHAVES))
                .hasMessageContaining("Party 1")
                .hasMessageContaining("window: ");
    }

    @Test
    void refusesAWindowWhoseLastIsNotTheHead() {
        parties.both().forEach(party -> party.serve(CHAIN));
        parties.party1().changeServing(serving -> serving.setHead(serving.getWindow(serving.getWindowCount() - 2)));

        assertThat(refusal(FailureReason.PARTY_MISBEHAVES)).hasMessageContaining("its last epoch is not the head");
    }

    @Test
    void refusesAWindowWithNothingInIt() {
        parties.party1().changeServing(serving -> serving.clearWindow());

        assertThat(refusal(FailureReason.PARTY_MISBEHAVES)).hasMessageContaining("window: 0 epochs");
    }

    @Test
    void refusesAWindowThatBeginsBeforeTheBase() {
        parties.both().forEach(party -> party.serve(CHAIN));
        parties.party1().changeServing(serving -> serving.setBaseEpoch(serving.getWindow(3)));

        assertThat(refusal(FailureReason.PARTY_MISBEHAVES)).hasMessageContaining("begins before the base epoch");
    }

    @Test
    void refusesAnEpochThatCannotBeRead() {
        parties.party1()
                .changeServing(serving -> serving.getWindowBuilder(0).setDigest(ByteString.copyFrom(new byte[31])));

        assertThat(refusal(FailureReason.PARTY_MISBEHAVES)).hasMessageContaining("window.digest has 31 bytes");
    }

    @ParameterizedTest
    @ValueSource(ints = {4095, 5000})
    void takesInNoMoreThan4096Epochs(int grown) {
        FakeChain chain = FakeChain.of(SNAPSHOT).grow(grown, 84);
        parties.both().forEach(party -> party.serve(chain));

        if (grown > 4095) {
            assertThat(refusal(FailureReason.PARTY_MISBEHAVES)).hasMessageContaining("5001 are more than 4096");
            return;
        }
        try (MorphogenClient client = MorphogenClient.connect(parties.settings())) {
            assertThat(client.view().asOf().epoch()).isEqualTo(grown);
            assertThat(client.atBlock(FakeSnapshot.BLOCK.number() + 17)
                            .lookup("accounts", target().key())
                            .asOf()
                            .epoch())
                    .isEqualTo(17);
        }
    }

    @Test
    void aLyingPartyHoldsLookupsBackAndItShows() {
        // Both have the same blocks, but party 1 says that it has others from epoch 4 on.
        parties.party0().serve(CHAIN);
        parties.party1().serve(CHAIN);
        parties.party1().list(CHAIN.upTo(3).grow(9, 99).epochs());

        try (MorphogenClient client = MorphogenClient.connect(parties.settings())) {
            Found found = assertRight(client, 3);
            assertThat(client.view().heads())
                    .allSatisfy(
                            head -> assertThat(head.blocksAheadOf(found.asOf())).isEqualTo(9));
        }
    }

    private static Entry target() {
        return SNAPSHOT.table("accounts").entries().get(TARGET);
    }

    /** The value that the account has after that epoch's block, which the outcome names. */
    private static Found assertRight(MorphogenClient client, long epoch) {
        Entry expected = CHAIN.numbered(epoch)
                .orElseThrow()
                .state()
                .table("accounts")
                .entries()
                .get(TARGET);
        Found found = (Found) client.lookup("accounts", target().key());
        assertThat(found.value()).isEqualTo(expected.value());
        assertThat(found.asOf().epoch()).isEqualTo(epoch);
        assertThat(found.asOf().block())
                .isEqualTo(CHAIN.epochs().get((int) epoch).block());
        return found;
    }

    private MorphogenException refusal(FailureReason reason) {
        MorphogenException refusal = catchThrowableOfType(
                MorphogenException.class,
                () -> MorphogenClient.connect(parties.settings()).close());
        assertThat(refusal).isNotNull();
        assertThat(refusal.reason()).as(refusal.toString()).isEqualTo(reason);
        return refusal;
    }
}
