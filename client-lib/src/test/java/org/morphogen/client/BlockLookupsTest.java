package org.morphogen.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.morphogen.client.lookup.Absent;
import org.morphogen.client.lookup.Found;
import org.morphogen.client.lookup.Lookup;
import org.morphogen.client.party.FakeChain;
import org.morphogen.client.party.FakeChain.FakeEpoch;
import org.morphogen.client.party.FakeNode;
import org.morphogen.client.party.FakeParty;
import org.morphogen.client.party.FakeSnapshot;
import org.morphogen.client.party.FakeTable.Entry;
import org.morphogen.client.party.Layout;
import org.morphogen.client.party.Reaction;
import org.morphogen.client.party.TwoParties;
import org.morphogen.client.view.AsOf;
import org.morphogen.client.view.BlockChoice;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.morphogen.row.Bytes32;

/** Lookups of a chosen block, and lookups while the parties move on. */
@Timeout(60)
final class BlockLookupsTest {
    private static final FakeSnapshot SNAPSHOT = FakeSnapshot.of(91);
    private static final FakeChain CHAIN = FakeChain.of(SNAPSHOT).grow(12, 92);
    private static final FakeChain FORK = CHAIN.upTo(7).grow(6, 93);

    /** Stands for a lookup that failed. */
    private static final Lookup NONE = new Absent(new AsOf(SNAPSHOT.digest(), Long.MAX_VALUE, FakeSnapshot.BLOCK));

    private final List<Entry> entries = SNAPSHOT.table("accounts").entries();
    private TwoParties parties;
    private MorphogenClient client;

    @BeforeEach
    void start() {
        parties = TwoParties.start(SNAPSHOT, Layout.TWO_BY_TWO);
        parties.party0().serve(CHAIN.from(2));
        parties.party1().serve(CHAIN.upTo(11));
        client = MorphogenClient.connect(
                parties.settings(Duration.ofSeconds(10), Duration.ofSeconds(20)), ready -> ready);
    }

    @AfterEach
    void stop() {
        client.close();
        parties.close();
    }

    @Test
    void answersForEveryBlockThatBothHave() {
        for (FakeEpoch state : CHAIN.from(2).upTo(11).states()) {
            long number = state.epoch().block().number();
            Bytes32 hash = Bytes32.parse(state.epoch().block().hash());

            assertRight(client.atBlock(number).lookup("accounts", target().key()), state);
            assertRight(client.atBlock(hash).lookup("accounts", target().key()), state);
        }
    }

    @Test
    void answersBatchesAndLaterToo() {
        FakeEpoch state = CHAIN.numbered(4).orElseThrow();
        BlockLookups lookups =
                client.atBlock(BlockChoice.parse(state.epoch().block().hash()));

        assertRight(
                lookups.lookupAll("accounts", List.of(target().key(), target().key()))
                        .getLast(),
                state);
        assertRight(lookups.lookupAsync("accounts", target().key()).join(), state);
    }

    @Test
    void tellsWhichBlocksCanBeAskedFor() {
        for (long outside : List.of(20_000_001L, 20_000_012L, 5L, Long.MAX_VALUE)) {
            MorphogenException refusal = failure(client.atBlock(outside), FailureReason.EPOCH_OUTSIDE_WINDOW);
            assertThat(refusal.facts())
                    .containsEntry("first block", "20000002")
                    .containsEntry("last block", "20000011");
        }
        failure(client.atBlock(Bytes32.of(new byte[32])), FailureReason.EPOCH_OUTSIDE_WINDOW);
        assertThat(parties.queries()).isZero();
    }

    @Test
    void aNumberMeansAnotherBlockAfterAReorganisationAndAHashIsGone() {
        BlockLookups byNumber = client.atBlock(20_000_009L);
        BlockLookups byHash = client.atBlock(
                Bytes32.parse(CHAIN.numbered(9).orElseThrow().epoch().block().hash()));
        assertRight(
                byNumber.lookup("accounts", target().key()), CHAIN.numbered(9).orElseThrow());

        parties.party0().serve(FORK);
        await().untilAsserted(() -> failure(byNumber, FailureReason.PARTIES_DISAGREE));
        failure(byHash, FailureReason.PARTIES_DISAGREE);
        assertRight(client.lookup("accounts", target().key()), CHAIN.numbered(7).orElseThrow());

        parties.party1().serve(FORK);
        await().ignoreExceptions().until(() -> client.view().asOf().epoch() == 13);
        assertRight(
                byNumber.lookup("accounts", target().key()), FORK.numbered(9).orElseThrow());
        failure(byHash, FailureReason.EPOCH_OUTSIDE_WINDOW);
    }

    @Test
    void aLookupStaysWithTheViewItBeganWith() {
        CompletableFuture<Void> gate = new CompletableFuture<>();
        allReact((query, matrix, answers) -> {
            gate.join();
            Reaction.ANSWER.to(query, matrix, answers);
        });
        CompletableFuture<Lookup> lookup = client.lookupAsync("accounts", target().key());
        await().until(() -> parties.queries() == 4);

        parties.both().forEach(party -> party.serve(CHAIN.from(12)));
        await().ignoreExceptions().until(() -> client.view().asOf().epoch() == 12);
        gate.complete(null);

        assertThat(lookup).succeedsWithin(20, TimeUnit.SECONDS);
        assertRight(lookup.join(), CHAIN.numbered(11).orElseThrow());
        assertRight(client.lookup("accounts", target().key()), CHAIN.head());
    }

    @Test
    void asksAnotherReplicaWhenOneIsBehindOrOnAnotherFork() {
        parties.party0().nodes().get(0).hold(CHAIN.upTo(5));
        parties.party1().nodes().get(2).hold(FORK);

        assertRight(
                client.lookup("accounts", target().key()), CHAIN.numbered(11).orElseThrow());

        for (FakeNode refusing : List.of(
                parties.party0().nodes().get(0), parties.party1().nodes().get(2))) {
            assertThat(refusing.received()).hasSize(1);
        }
        assertThat(keysOf(parties.party0())).hasSize(3);
        assertThat(keysOf(parties.party1())).hasSize(3);
    }

    @Test
    void failsWithoutNewKeysWhenAllReplicasHaveMovedOnAndWorksWhenAskedAgain() {
        parties.party1().nodes().forEach(node -> node.hold(FORK));

        MorphogenException refusal = lookupFailure(FailureReason.EPOCH_REPLACED);

        assertThat(refusal)
                .hasMessageContaining("Party 1 does not answer epoch 11")
                .hasMessageContaining("ask again");
        for (FakeParty party : parties.both()) {
            assertThat(keysOf(party)).hasSizeLessThanOrEqualTo(3);
            assertThat(party.nodes())
                    .allSatisfy(node -> assertThat(node.received()).hasSizeLessThanOrEqualTo(1));
        }

        parties.party1().serve(FORK);
        await().until(() -> client.view().asOf().epoch() == 7);
        assertRight(client.lookup("accounts", target().key()), CHAIN.numbered(7).orElseThrow());
    }

    @Test
    void saysThatAllReplicasHaveLeftAnEpochBehind() {
        parties.party0().nodes().forEach(node -> node.hold(CHAIN.from(12)));

        assertThat(lookupFailure(FailureReason.EPOCH_OUTSIDE_WINDOW))
                .hasMessageContaining("Party 0 does not answer epoch 11")
                .hasMessageContaining("ask again");
    }

    @Test
    void allOfABatchIsOfOneStateWhileViewsChange() {
        ClientSettings all = parties.settings();
        ClientSettings small = new ClientSettings(
                all.party0(), all.party1(), all.connectTimeout(), all.lookupDeadline(), all.maxAttempts(), 5);
        try (MorphogenClient batching = MorphogenClient.connect(small)) {
            FakeChain chain = CHAIN;
            var lookups = batching.lookupAllAsync(
                    "accounts", entries.stream().map(Entry::key).toList());
            for (int i = 0; i < 40; i++) {
                chain = chain.grow(1, i);
                for (FakeParty party : parties.both()) {
                    party.serve(chain);
                }
            }
            FakeChain served = chain;

            List<Lookup> outcomes = lookups.join();

            AsOf asOf = outcomes.getFirst().asOf();
            FakeEpoch state = served.numbered(asOf.epoch()).orElseThrow();
            List<Lookup> expected = new ArrayList<>();
            state.state().table("accounts").entries().forEach(entry -> expected.add(new Found(entry.value(), asOf)));
            assertThat(outcomes).isEqualTo(expected);
        }
    }

    @Test
    void everyAnswerIsRightForItsBlockWhilePartiesMoveOnAndReorganise() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        Map<String, FakeEpoch> byBlock = new HashMap<>();
        CHAIN.states().forEach(state -> byBlock.put(state.epoch().block().hash(), state));
        List<CompletableFuture<Lookup>> lookups = new ArrayList<>();
        FakeChain chain = CHAIN;
        for (int i = 0; i < 100; i++) {
            long head = chain.head().epoch().number();
            chain = random.nextInt(5) == 0
                    ? chain.upTo(head - 1 - random.nextInt(3)).grow(3, random.nextLong())
                    : chain.grow(1, random.nextLong());
            chain.states().forEach(state -> byBlock.put(state.epoch().block().hash(), state));
            lookups.add(client.lookupAsync("accounts", target().key()));
            parties.party(random.nextInt(2)).serve(chain);
            lookups.add(client.lookupAsync("accounts", target().key()));
            // A lookup lives through a change or two, as it does where blocks are further apart than these.
            lookups.get(Math.max(0, lookups.size() - 3))
                    .handle((outcome, failed) -> NONE)
                    .join();
        }
        int right = 0;
        for (CompletableFuture<Lookup> lookup : lookups) {
            Lookup outcome = lookup.exceptionally(failed -> {
                        // A node's chain changes before the view that tells of it, as it may in a real party.
                        assertThat(failed.getCause())
                                .as("seed %d", seed)
                                .isInstanceOfSatisfying(
                                        MorphogenException.class,
                                        known -> assertThat(known.reason())
                                                .isIn(
                                                        FailureReason.EPOCH_REPLACED,
                                                        FailureReason.EPOCH_OUTSIDE_WINDOW));
                        return NONE;
                    })
                    .join();
            if (!outcome.equals(NONE)) {
                assertRight(
                        outcome,
                        Objects.requireNonNull(
                                byBlock.get(outcome.asOf().block().hash())));
                right++;
            }
        }
        assertThat(right).as("seed %d", seed).isGreaterThan(lookups.size() / 10);
    }

    private Entry target() {
        return entries.get(3);
    }

    private void allReact(Reaction reaction) {
        parties.both().forEach(party -> party.nodes().forEach(node -> node.react(reaction)));
    }

    private static void assertRight(Lookup outcome, FakeEpoch state) {
        Entry expected = state.state().table("accounts").entries().get(3);
        AsOf asOf = new AsOf(
                SNAPSHOT.digest(), state.epoch().number(), state.epoch().block());
        assertThat(outcome).isEqualTo(new Found(expected.value(), asOf));
    }

    private MorphogenException lookupFailure(FailureReason reason) {
        return failure(client.atBlock(BlockChoice.LATEST), reason);
    }

    private MorphogenException failure(BlockLookups lookups, FailureReason reason) {
        MorphogenException failure =
                catchThrowableOfType(MorphogenException.class, () -> lookups.lookup("accounts", target().key()));
        assertThat(failure).as("the lookup's failure").isNotNull();
        assertThat(failure.reason()).as(failure.toString()).isEqualTo(reason);
        return failure;
    }

    private static Set<ByteString> keysOf(FakeParty party) {
        Set<ByteString> keys = new HashSet<>();
        for (FakeNode node : party.nodes()) {
            node.received()
                    .forEach(received -> received.query().getWaysList().forEach(way -> keys.addAll(way.getKeysList())));
        }
        return keys;
    }
}
