package org.morphogen.client.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.grpc.Server;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.morphogen.protocol.v1.AnswerRows;
import org.morphogen.protocol.v1.QueryAnswer;
import org.morphogen.protocol.v1.QueryRequest;
import org.morphogen.protocol.v1.QueryServiceGrpc;
import org.morphogen.protocol.v1.WayKeys;
import org.morphogen.transport.Endpoint;
import org.morphogen.transport.TlsSettings;
import org.morphogen.transport.Transport;

@Timeout(60)
final class NodeStreamTest {
    private static final QueryRequest QUERY =
            QueryRequest.newBuilder().setTable("accounts").build();

    private final Executor executor = Executors.newVirtualThreadPerTaskExecutor();
    private final ReluctantNode node = new ReluctantNode();
    private Server server;
    private NodeStream stream;

    @BeforeEach
    void open() throws IOException {
        server = Transport.server(new Endpoint("127.0.0.1", 0), TlsSettings.NONE, List.of(node), List.of(), executor)
                .start();
        Endpoint endpoint = new Endpoint("127.0.0.1", server.getPort());
        stream = NodeStream.open("Party 0, node n", Transport.channel(endpoint, TlsSettings.NONE, executor));
    }

    @AfterEach
    void close() throws InterruptedException {
        stream.end(new MorphogenException(FailureReason.UNAVAILABLE, "The test is over."));
        stream.awaitEnd();
        server.shutdownNow();
    }

    @Test
    void keepsQueriesThatTheNodeDoesNotTakeYetAndSendsThemInOrder() {
        WayKeys keys = WayKeys.newBuilder()
                .addKeys(ByteString.copyFrom(new byte[100_000]))
                .build();
        QueryRequest big = QUERY.toBuilder().addWays(keys).build();
        List<CompletableFuture<AnswerRows>> asked = new ArrayList<>();
        for (int i = 0; i < NodeStream.MAX_SENT; i++) {
            asked.add(stream.ask(big));
        }
        assertThat(asked).noneMatch(CompletableFuture::isDone);

        node.take(NodeStream.MAX_SENT);

        await().until(() -> node.taken.size() == NodeStream.MAX_SENT);
        assertThat(node.taken).extracting(QueryRequest::getQueryId).isEqualTo(ids(NodeStream.MAX_SENT));
    }

    /** So that a node that reads no more than it answers reads at once what takes a query back. */
    @Test
    void sendsNoMoreThanANodeReadsAndTakesBackFirst() {
        List<CompletableFuture<AnswerRows>> asked = new ArrayList<>();
        for (int i = 0; i < NodeStream.MAX_SENT + 2; i++) {
            asked.add(stream.ask(QUERY));
        }
        node.take(1000);
        await().until(() -> node.taken.size() == NodeStream.MAX_SENT);

        asked.get(3).cancel(false);
        await().until(() -> node.taken.size() == NodeStream.MAX_SENT + 1);
        assertThat(node.taken.getLast())
                .isEqualTo(
                        QueryRequest.newBuilder().setQueryId(4).setCancel(true).build());
        node.answer(4);
        node.answer(1);

        await().until(() -> node.taken.size() == NodeStream.MAX_SENT + 3);
        assertThat(node.taken.getLast().getQueryId()).isEqualTo(NodeStream.MAX_SENT + 2);
        assertThat(asked.getFirst()).succeedsWithin(10, TimeUnit.SECONDS);
    }

    @Test
    void neverSendsWhatIsForgottenByThen() {
        WayKeys keys = WayKeys.newBuilder()
                .addKeys(ByteString.copyFrom(new byte[100_000]))
                .build();
        QueryRequest big = QUERY.toBuilder().addWays(keys).build();
        for (int i = 0; i < 200; i++) {
            stream.ask(big).cancel(false);
        }
        CompletableFuture<AnswerRows> last = stream.ask(QUERY);

        node.take(1000);

        await().until(() -> !node.taken.isEmpty() && node.taken.getLast().getQueryId() == 201);
        assertThat(node.taken.size()).isLessThan(50);
        node.answer(201);
        assertThat(last).succeedsWithin(10, TimeUnit.SECONDS);
    }

    @Test
    void takesBackOnceWhatWasSentAndStandsItsAnswer() {
        node.take(10);
        CompletableFuture<AnswerRows> unwanted = stream.ask(QUERY);
        CompletableFuture<AnswerRows> wanted = stream.ask(QUERY);
        await().until(() -> node.taken.size() == 2);

        assertThat(unwanted.cancel(false)).isTrue();
        assertThat(unwanted.cancel(false)).isTrue();
        CompletableFuture<AnswerRows> last = stream.ask(QUERY);

        await().until(() -> node.taken.size() == 4);
        assertThat(node.taken.get(2))
                .isEqualTo(
                        QueryRequest.newBuilder().setQueryId(1).setCancel(true).build());
        assertThat(node.taken.get(3).getQueryId()).isEqualTo(3);
        node.answer(1);
        node.answer(2);
        node.answer(3);
        assertThat(wanted).succeedsWithin(10, TimeUnit.SECONDS);
        assertThat(last).succeedsWithin(10, TimeUnit.SECONDS);
        assertThat(stream.isOpen()).isTrue();
    }

    @Test
    void whatWasAnsweredIsNotTakenBack() {
        node.take(10);
        CompletableFuture<AnswerRows> answered = stream.ask(QUERY);
        await().until(() -> node.taken.size() == 1);
        node.answer(1);
        assertThat(answered).succeedsWithin(10, TimeUnit.SECONDS);
        assertThat(answered.cancel(false)).isFalse();
        assertThat(stream.ask(QUERY)).isNotCompletedExceptionally();

        await().until(() -> node.taken.size() == 2);
        assertThat(node.taken.getLast().getCancel()).isFalse();
    }

    @Test
    void endsWhenANodeAnswersAgainAndAgain() {
        node.take(1);
        CompletableFuture<AnswerRows> first = stream.ask(QUERY);
        await().until(() -> node.taken.size() == 1);
        for (int i = 0; i < 2 * NodeStream.MAX_IN_FLIGHT; i++) {
            node.answer(1);
        }

        assertThat(first).succeedsWithin(10, TimeUnit.SECONDS);
        await().until(() -> !stream.isOpen());
        assertReason(stream.ask(QUERY), FailureReason.PARTY_MISBEHAVES);
    }

    @Test
    void everyRequestHasTheSameSize() {
        node.take(300);
        for (int from = 1; from <= 300; from += 60) {
            for (int i = 0; i < 60; i++) {
                assertThat(stream.ask(QUERY)).isNotCompletedExceptionally();
            }
            int sent = from + 59;
            await().until(() -> node.taken.size() == sent);
            for (int i = 0; i < 60; i++) {
                node.answer(from + i);
            }
        }

        assertThat(node.taken).extracting(QueryRequest::getSerializedSize).containsOnly(9 + QUERY.getSerializedSize());
    }

    @Test
    void refusesMoreQueriesThanItKeeps() {
        List<CompletableFuture<AnswerRows>> asked = new ArrayList<>();
        for (int i = 0; i < NodeStream.MAX_IN_FLIGHT; i++) {
            asked.add(stream.ask(QUERY));
        }
        assertReason(stream.ask(QUERY), FailureReason.BUSY);

        asked.getFirst().cancel(false);

        assertThat(stream.ask(QUERY)).isNotCompletedExceptionally();
        assertReason(stream.ask(QUERY), FailureReason.BUSY);
    }

    @Test
    void anAnswerToAQueryThatWasNotSentYetEndsTheStream() {
        node.take(1);
        CompletableFuture<AnswerRows> first = stream.ask(QUERY);
        await().until(() -> node.taken.size() == 1);

        node.answer(2);

        assertReason(first, FailureReason.PARTY_MISBEHAVES);
        assertThat(stream.isOpen()).isFalse();
        assertReason(stream.ask(QUERY), FailureReason.PARTY_MISBEHAVES);
    }

    @Test
    void idZeroIsNobodys() {
        node.take(1);
        CompletableFuture<AnswerRows> first = stream.ask(QUERY);
        await().until(() -> node.taken.size() == 1);

        node.answer(0);

        assertReason(first, FailureReason.PARTY_MISBEHAVES);
    }

    @Test
    void answersComeInAnyOrder() {
        node.take(3);
        List<CompletableFuture<AnswerRows>> asked = List.of(stream.ask(QUERY), stream.ask(QUERY), stream.ask(QUERY));
        await().until(() -> node.taken.size() == 3);

        node.answer(3);
        assertThat(asked.get(2)).succeedsWithin(10, TimeUnit.SECONDS);
        assertThat(asked.get(0)).isNotDone();
        node.answer(1);
        node.answer(2);
        assertThat(asked.get(0)).succeedsWithin(10, TimeUnit.SECONDS);
        assertThat(asked.get(1)).succeedsWithin(10, TimeUnit.SECONDS);
    }

    @Test
    void aRetiredStreamEndsWithItsLastQuery() {
        node.take(2);
        CompletableFuture<AnswerRows> answered = stream.ask(QUERY);
        CompletableFuture<AnswerRows> forgotten = stream.ask(QUERY);
        await().until(() -> node.taken.size() == 2);

        stream.retire();
        assertThat(stream.isOpen()).isFalse();
        node.answer(1);
        assertThat(answered).succeedsWithin(10, TimeUnit.SECONDS);
        assertThat(node.ended).isNotDone();
        forgotten.cancel(false);

        assertThat(node.ended).succeedsWithin(10, TimeUnit.SECONDS);
    }

    @Test
    void allQueriesInFlightFailWhenTheConnectionIsLost() {
        node.take(1);
        List<CompletableFuture<AnswerRows>> asked = List.of(stream.ask(QUERY), stream.ask(QUERY));
        await().until(() -> node.taken.size() == 1);

        server.shutdownNow();

        asked.forEach(one -> assertReason(one, FailureReason.UNAVAILABLE));
    }

    private static List<Long> ids(int count) {
        return LongStream.rangeClosed(1, count).boxed().toList();
    }

    private static void assertReason(CompletableFuture<AnswerRows> answer, FailureReason reason) {
        assertThat(answer)
                .failsWithin(10, TimeUnit.SECONDS)
                .withThrowableThat()
                .havingCause()
                .isInstanceOfSatisfying(
                        MorphogenException.class,
                        failure -> assertThat(failure.reason()).isEqualTo(reason));
    }

    /** Takes queries only when told to, and answers only when told to. */
    private static final class ReluctantNode extends QueryServiceGrpc.QueryServiceImplBase {
        private final List<QueryRequest> taken = new CopyOnWriteArrayList<>();
        private final CompletableFuture<Void> ended = new CompletableFuture<>();
        private final CompletableFuture<ServerCallStreamObserver<QueryAnswer>> call = new CompletableFuture<>();

        void take(int queries) {
            var _ = call.thenAccept(answers -> answers.request(queries));
        }

        void answer(long id) {
            call.join()
                    .onNext(QueryAnswer.newBuilder()
                            .setQueryId(id)
                            .setRows(AnswerRows.getDefaultInstance())
                            .build());
        }

        @Override
        public StreamObserver<QueryRequest> query(StreamObserver<QueryAnswer> answers) {
            ServerCallStreamObserver<QueryAnswer> controlled = (ServerCallStreamObserver<QueryAnswer>) answers;
            controlled.disableAutoRequest();
            // Else an answer to a client that has left throws.
            controlled.setOnCancelHandler(() -> {});
            call.complete(controlled);
            return new StreamObserver<>() {
                @Override
                public void onNext(QueryRequest query) {
                    taken.add(query);
                }

                @Override
                public void onError(Throwable lost) {
                    ended.complete(null);
                }

                @Override
                public void onCompleted() {
                    ended.complete(null);
                }
            };
        }
    }
}
