package org.morphogen.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.morphogen.client.lookup.Found;
import org.morphogen.client.lookup.ReplicaOrder;
import org.morphogen.client.party.FakeNode;
import org.morphogen.client.party.FakeNode.Received;
import org.morphogen.client.party.FakeParty;
import org.morphogen.client.party.FakeSnapshot;
import org.morphogen.client.party.FakeTable.Entry;
import org.morphogen.client.party.Layout;
import org.morphogen.client.party.Reaction;
import org.morphogen.client.party.TwoParties;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.morphogen.protocol.v1.QueryAnswer;
import org.morphogen.protocol.v1.QueryRequest;
import org.morphogen.protocol.v1.Replica;

/** Shard 0 of each party stands on its nodes 0 and 1, shard 1 on nodes 2 and 3; replicas are asked in that order. */
@Timeout(60)
final class FailoverTest {
    private static final FakeSnapshot SNAPSHOT = FakeSnapshot.of(31);
    private static final ReplicaOrder AS_LISTED = ready -> ready;

    private final Entry target = SNAPSHOT.table("accounts").entries().getFirst();
    private TwoParties parties;

    @BeforeEach
    void start() {
        parties = TwoParties.start(SNAPSHOT, Layout.TWO_BY_TWO);
    }

    @AfterEach
    void stop() {
        parties.close();
    }

    static Stream<Arguments> passingFaults() {
        return Stream.of(
                Arguments.of("dies", Reaction.DIE),
                Arguments.of("ends the stream", Reaction.END),
                Arguments.of("hangs", Reaction.HANG),
                Arguments.of("busy", Reaction.failing(FailureReason.BUSY)),
                Arguments.of("starting", Reaction.failing(FailureReason.NOT_SERVING)),
                Arguments.of("has lost a chunk", Reaction.failing(FailureReason.CHUNK_NOT_HELD)),
                Arguments.of("is a generation behind", Reaction.failing(FailureReason.GENERATION_UNKNOWN)),
                Arguments.of("is an epoch behind", Reaction.failing(FailureReason.EPOCH_OUTSIDE_WINDOW)),
                Arguments.of("defect", Reaction.failing(FailureReason.INTERNAL)),
                Arguments.of("garbage", Reaction.GARBAGE_REASON));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("passingFaults")
    void asksAnotherReplicaWithTheSameKeys(String fault, Reaction reaction) {
        FakeNode bad = parties.party1().nodes().get(0);
        FakeNode good = parties.party1().nodes().get(1);
        bad.react(reaction);

        try (MorphogenClient client = connect(Duration.ofSeconds(4))) {
            assertFound(client);
        }

        assertThat(queries(bad)).hasSize(1);
        assertThat(queries(good)).isEqualTo(queries(bad));
    }

    @Test
    void asksAnotherReplicaWhenANodeIsGone() throws Exception {
        FakeNode gone = parties.party0().nodes().get(2);
        gone.kill();

        try (MorphogenClient client = connect(Duration.ofSeconds(20))) {
            assertFound(client);
        }

        assertThat(queries(parties.party0().nodes().get(3))).hasSize(1);
    }

    @Test
    void asksANodeThatFailedLastForAWhile() {
        FakeNode bad = parties.party0().nodes().get(0);
        bad.react(Reaction.DIE);

        try (MorphogenClient client = connect(Duration.ofSeconds(20))) {
            assertFound(client);
            assertFound(client);
            assertFound(client);
        }

        assertThat(queries(bad)).hasSize(1);
        assertThat(queries(parties.party0().nodes().get(1))).hasSize(3);
    }

    static Stream<Arguments> misbehaviour() {
        return Stream.of(
                Arguments.of("short rows", Reaction.SHORT_ROWS, "bytes of rows, not"),
                Arguments.of("an extra row", Reaction.EXTRA_ROW, "bytes of rows, not"),
                Arguments.of("an extra way", Reaction.EXTRA_WAY, "other ways than it was asked for"),
                Arguments.of("no way", Reaction.NO_WAYS, "other ways than it was asked for"),
                Arguments.of("an unknown id", Reaction.UNKNOWN_ID, "never asked"),
                Arguments.of("an empty answer", Reaction.NOTHING_IN_IT, "neither rows nor failure"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("misbehaviour")
    void refusesAPartyThatMisbehaves(String fault, Reaction reaction, String said) {
        parties.party1().nodes().get(0).react(reaction);

        try (MorphogenClient client = connect(Duration.ofSeconds(20))) {
            assertThat(failure(client, FailureReason.PARTY_MISBEHAVES))
                    .hasMessageContaining("Party 1")
                    .hasMessageContaining(said);
            assertThat(queries(parties.party1().nodes().get(1))).isEmpty();

            parties.party1().nodes().get(0).react(Reaction.ANSWER);
            assertFound(client);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = FailureReason.class,
            names = {"KEY_MALFORMED", "KEY_OF_OTHER_PARTY", "KEY_DEPTH_WRONG", "REQUEST_INVALID", "WAY_UNKNOWN"})
    void doesNotAskAnotherReplicaWhatTheFirstFoundWrong(FailureReason reason) {
        parties.party1().nodes().get(0).react(Reaction.failing(reason));

        try (MorphogenClient client = connect(Duration.ofSeconds(20))) {
            assertThat(failure(client, reason)).hasMessageContaining("This node was told to fail.");
        }
        assertThat(queries(parties.party1().nodes().get(1))).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(
            value = FailureReason.class,
            names = {"GENERATION_UNKNOWN", "CHUNK_NOT_HELD", "BUSY"})
    void failsAsTheLastReplicaDidAndAsksEachOnce(FailureReason reason) {
        parties.party0().nodes().forEach(node -> node.react(Reaction.failing(reason)));

        try (MorphogenClient client = connect(Duration.ofSeconds(20))) {
            assertThat(failure(client, reason)).hasMessageContaining("Party 0, node 127.0.0.1:");

            assertThat(parties.party0().nodes())
                    .allSatisfy(node -> assertThat(queries(node)).hasSizeLessThanOrEqualTo(1));
            parties.party0().nodes().forEach(node -> node.react(Reaction.ANSWER));
            assertFound(client);
        }
    }

    @Test
    void asksNoMoreReplicasThanItMay() {
        parties.party0().nodes().get(0).react(Reaction.failing(FailureReason.BUSY));
        ClientSettings all = parties.settings();
        ClientSettings once = new ClientSettings(
                all.party0(), all.party1(), all.connectTimeout(), all.lookupDeadline(), 1, all.maxKeysPerMessage());

        try (MorphogenClient client = MorphogenClient.connect(once, AS_LISTED)) {
            failure(client, FailureReason.BUSY);
        }
        assertThat(queries(parties.party0().nodes().get(1))).isEmpty();
    }

    @Test
    void failsAtTheDeadlineWhenAllReplicasHang() {
        parties.party0().nodes().forEach(node -> node.react(Reaction.HANG));

        try (MorphogenClient client = connect(Duration.ofMillis(600))) {
            assertThat(failure(client, FailureReason.DEADLINE_PASSED)).hasMessageContaining("no answer within");
            await("who does not answer is told that nobody waits")
                    .until(() -> parties.party0().nodes().stream()
                            .allMatch(node -> node.takenBack() == queries(node).size()));
        }
    }

    @Test
    void sendsNothingToAnybodyWhenAShardHasNoReadyReplica() {
        try (MorphogenClient client = connect(Duration.ofSeconds(20))) {
            parties.party1()
                    .changeServing(serving -> serving.getShardsBuilder(1)
                            .getReplicasBuilderList()
                            .forEach(replica -> replica.setReady(false)));
            await().untilAsserted(() ->
                    assertThat(client.view().parties().get(1).version()).isEqualTo(2));

            assertThat(failure(client, FailureReason.UNAVAILABLE))
                    .hasMessageContaining("Party 1 has no ready replica of shard 1");
        }
        assertThat(parties.queries()).isZero();
    }

    @Test
    void asksOnlyReplicasThatAreReady() {
        for (FakeParty party : parties.both()) {
            party.changeServing(serving -> {
                for (int shard = 0; shard < 2; shard++) {
                    Replica.Builder first = serving.getShardsBuilder(shard).getReplicasBuilder(0);
                    first.setReady(false);
                }
            });
        }

        try (MorphogenClient client = connect(Duration.ofSeconds(20))) {
            assertFound(client);
        }
        assertThat(queries(parties.party0().nodes().get(0))).isEmpty();
        assertThat(queries(parties.party0().nodes().get(2))).isEmpty();
    }

    @Test
    void ignoresAnswersThatComeLate() throws Exception {
        CompletableFuture<Runnable> late = new CompletableFuture<>();
        FakeNode slow = parties.party0().nodes().get(0);
        slow.react((query, matrix, answers) -> late.complete(() -> Reaction.ANSWER.to(query, matrix, answers)));

        try (MorphogenClient client = connect(Duration.ofSeconds(2))) {
            assertFound(client);
            late.get().run();
            slow.react(Reaction.ANSWER);
            parties.party0().nodes().get(1).react(Reaction.DIE);
            assertFound(client);
            assertThat(slow.received()).extracting(Received::stream).containsExactly(0, 0);
        }
    }

    @Test
    void ignoresAnswersThatAreRepeated() {
        parties.both().forEach(party -> party.nodes().forEach(node -> node.react(Reaction.REPEAT)));

        try (MorphogenClient client = connect(Duration.ofSeconds(20))) {
            assertFound(client);
            assertFound(client);
        }
        assertThat(parties.party0().nodes().get(0).received())
                .extracting(Received::stream)
                .containsExactly(0, 0);
    }

    @Test
    void answersOfOneStreamMayComeInAnyOrder() throws Exception {
        FakeNode node = parties.party0().nodes().get(0);
        CompletableFuture<Runnable> first = new CompletableFuture<>();
        node.react((query, matrix, answers) -> {
            StreamObserver<QueryAnswer> later = answers;
            if (!first.complete(() -> Reaction.ANSWER.to(query, matrix, later))) {
                Reaction.ANSWER.to(query, matrix, answers);
                first.join().run();
            }
        });

        try (MorphogenClient client = connect(Duration.ofSeconds(20))) {
            var one = client.lookupAsync("accounts", target.key());
            await().until(() -> node.received().size() == 1);
            assertFound(client);
            assertThat(one.get()).isInstanceOf(Found.class);
        }
    }

    private MorphogenClient connect(Duration lookupDeadline) {
        return MorphogenClient.connect(parties.settings(Duration.ofSeconds(10), lookupDeadline), AS_LISTED);
    }

    private void assertFound(MorphogenClient client) {
        assertThat(client.lookup("accounts", target.key()))
                .isInstanceOfSatisfying(
                        Found.class, found -> assertThat(found.value()).isEqualTo(target.value()));
    }

    private MorphogenException failure(MorphogenClient client, FailureReason reason) {
        MorphogenException failure =
                catchThrowableOfType(MorphogenException.class, () -> client.lookup("accounts", target.key()));
        assertThat(failure).isNotNull();
        assertThat(failure.reason()).as(failure.toString()).isEqualTo(reason);
        return failure;
    }

    private static List<QueryRequest> queries(FakeNode node) {
        return node.received().stream().map(Received::query).toList();
    }
}
