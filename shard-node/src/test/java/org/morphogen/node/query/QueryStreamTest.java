package org.morphogen.node.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.Status;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.morphogen.failure.FailureReason;
import org.morphogen.node.fixture.GatedEngine;
import org.morphogen.node.fixture.MadeSnapshot;
import org.morphogen.node.fixture.QueryClient;
import org.morphogen.node.fixture.QueryNode;
import org.morphogen.node.fixture.Question;
import org.morphogen.node.fixture.SnapshotServer;
import org.morphogen.node.fixture.TableSpec;
import org.morphogen.protocol.v1.QueryAnswer;
import org.morphogen.protocol.v1.QueryRequest;
import org.morphogen.snapshot.TableManifest;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class QueryStreamTest {
    private static final int MOST_QUERIES = 3;
    private static final int MOST_QUERIES_PER_STREAM = 2;

    @TempDir
    private Path folder;

    private final GatedEngine engine = new GatedEngine();
    private MadeSnapshot snapshot;
    private TableManifest table;
    private QueryNode node;
    private QueryClient client;

    @BeforeEach
    void startNode() {
        snapshot = MadeSnapshot.make(folder.resolve("snapshot"), 1, new TableSpec("t", 32, 1, 1280, 256));
        table = snapshot.manifest().table("t").orElseThrow();
        node = new QueryNode(
                0, folder.resolve("node"), engine, new QueryLimits(MOST_QUERIES, 64, MOST_QUERIES_PER_STREAM));
        try (SnapshotServer server = new SnapshotServer(snapshot.folder())) {
            node.holder().generations().hold(1, snapshot.wish(0, 1, server.endpoint()));
            node.holder().awaitComplete(1);
        }
        client = new QueryClient(node.endpoint());
    }

    @AfterEach
    void stop() {
        engine.open();
        client.close();
        node.close();
    }

    @Test
    void readsNoMoreThanItsShareWhileAnswersAreOutstanding() {
        engine.shut();
        for (int id = 0; id < 20; id++) {
            client.send(query(id));
        }
        await().until(() -> engine.waiting() > 0);
        engine.open();

        for (int id = 0; id < 20; id++) {
            assertRows(client.answer(id));
        }
    }

    @Test
    void answersWhatIsOutstandingAfterHalfClose() {
        engine.shut();
        for (int id = 0; id < 5; id++) {
            client.send(query(id));
        }
        client.halfClose();
        engine.open();

        for (int id = 0; id < 5; id++) {
            assertRows(client.answer(id));
        }
        assertThat(client.end().getCode()).isEqualTo(Status.Code.OK);
    }

    @Test
    void completesAnEmptyHalfClosedStream() {
        client.halfClose();

        assertThat(client.end().getCode()).isEqualTo(Status.Code.OK);
    }

    @Test
    void endsItsStreamsWhenTheNodeStops() {
        engine.shut();
        client.send(query(1));
        await().until(() -> engine.waiting() > 0);
        node.finishStreams();
        engine.open();

        assertRows(client.answer(1));
        assertThat(client.end().getCode()).isEqualTo(Status.Code.OK);
    }

    @Test
    void refusesAnIdThatIsInFlight() {
        engine.shut();
        client.send(query(1));
        await().until(() -> engine.waiting() > 0);
        client.send(query(1));

        QueryAnswer refused = client.answer(1);
        assertThat(refused.getFailure().getReason()).isEqualTo(FailureReason.REQUEST_INVALID.name());
        assertThat(refused.getFailure().getMessage()).contains("query_id");
        engine.open();
        assertRows(client.answer(1));
        assertRows(client.ask(query(1)));
    }

    @Test
    void saysThatItIsBusyAndThenTakesMore() {
        engine.shut();
        try (QueryClient second = new QueryClient(node.endpoint());
                QueryClient third = new QueryClient(node.endpoint())) {
            client.send(query(1));
            client.send(query(2));
            second.send(query(3));
            await().until(() -> engine.waiting() > 0);

            QueryAnswer busy = await().until(
                            () -> third.ask(query(4)),
                            answer -> answer.getFailure().getReason().equals(FailureReason.BUSY.name()));
            assertThat(busy.getFailure().getFactsMap()).containsKey("retryAfterMillis");
            engine.open();

            assertRows(client.answer(1));
            assertRows(client.answer(2));
            assertRows(second.answer(3));
            assertRows(third.ask(query(5)));
        }
    }

    /** With as many queries on the way as the stream may have: the message that takes one back is read all the same. */
    @Test
    void takesOneQueryBackAndAnswersTheOther() {
        engine.shut();
        client.send(query(1));
        client.send(query(2));
        await().until(() -> engine.waiting() == 3);
        client.send(takingBack(1));
        client.send(takingBack(7));
        client.send(query(2));
        assertThat(client.answer(2).getFailure().getReason())
                .as("read after the others")
                .isEqualTo(FailureReason.REQUEST_INVALID.name());

        engine.open();

        assertThat(client.answer(1).getFailure().getReason()).isEqualTo(FailureReason.QUERY_CANCELLED.name());
        assertRows(client.answer(2));
        assertRows(client.ask(query(1)));
    }

    @Test
    void endsAStreamWhoseTakingBackCarriesMore() {
        client.send(query(1).toBuilder().setCancel(true).build());

        assertThat(client.end().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    }

    @Test
    void dropsTheWorkOfACancelledStream() {
        engine.shut();
        client.send(query(1));
        client.send(query(2));
        await().until(() -> engine.waiting() == 3);
        client.cancel();
        assertThat(client.end().getCode()).isEqualTo(Status.Code.CANCELLED);
        awaitOpenStreams(0);

        engine.open();

        assertAllWorkEndsAndOthersAreServed();
        assertThat(engine.tiles())
                .as("3 of the first query's 5 tiles, then 5 of the probe")
                .isEqualTo(3 + 5);
    }

    @Test
    void dropsTheWorkOfAStreamWhoseDeadlinePassed() {
        engine.shut();
        try (QueryClient hasty = new QueryClient(node.endpoint(), Duration.ofMillis(300))) {
            hasty.send(query(1));
            await().until(() -> engine.waiting() == 3);
            assertThat(hasty.end().getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
            awaitOpenStreams(1);
        }
        engine.open();

        assertAllWorkEndsAndOthersAreServed();
        assertThat(engine.tiles()).isEqualTo(3 + 5);
    }

    @Test
    void aDropDuringAScanNeitherWaitsNorHarmsIt() {
        QueryAnswer before = client.ask(query(1));
        engine.shut();
        client.send(query(1));
        await().until(() -> engine.waiting() > 0);

        node.holder().generations().drop(1, 0, 1);

        assertThat(node.holder().budget().usedBytes()).isEqualTo(snapshot.bytes());
        engine.open();
        QueryAnswer during = client.answer(1);
        assertRows(during);
        assertThat(during).isNotEqualTo(before);
        await().until(() -> node.holder().budget().usedBytes() == 0);
        assertThat(client.ask(query(2)).getFailure().getReason()).isEqualTo(FailureReason.GENERATION_UNKNOWN.name());
    }

    @Test
    void sameKeysGiveTheSameAnswer() {
        QueryRequest request = query(1);

        assertThat(client.ask(request)).isEqualTo(client.ask(request));
    }

    private QueryRequest query(long id) {
        return Question.oneRow(snapshot, table, 3).to(0, id).build();
    }

    private static QueryRequest takingBack(long id) {
        return QueryRequest.newBuilder().setQueryId(id).setCancel(true).build();
    }

    private void awaitOpenStreams(int count) {
        await("the node learns that the call is over").until(() -> node.openStreams() == count);
    }

    private void assertAllWorkEndsAndOthersAreServed() {
        try (QueryClient other = new QueryClient(node.endpoint())) {
            assertRows(other.ask(query(1)));
        }
        await().until(() -> engine.waiting() == 0);
    }

    private static void assertRows(QueryAnswer answer) {
        assertThat(answer.getFailure().getReason()).isEmpty();
        byte[] rows = answer.getRows().getWays(0).getRows().toByteArray();
        assertThat(rows).hasSize(32);
        assertThat(Arrays.equals(rows, new byte[32])).as("all zero").isFalse();
    }
}
