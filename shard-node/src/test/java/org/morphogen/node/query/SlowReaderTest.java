package org.morphogen.node.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.Status;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.morphogen.failure.FailureReason;
import org.morphogen.node.engine.ScalarEngine;
import org.morphogen.node.fixture.MadeSnapshot;
import org.morphogen.node.fixture.QueryClient;
import org.morphogen.node.fixture.QueryNode;
import org.morphogen.node.fixture.Question;
import org.morphogen.node.fixture.SnapshotServer;
import org.morphogen.node.fixture.TableSpec;
import org.morphogen.protocol.v1.QueryAnswer;
import org.morphogen.protocol.v1.QueryRequest;
import org.morphogen.snapshot.TableManifest;

/** Clients that ask for far more than they take: answers of 1 MiB, of which the node keeps 3 MiB. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class SlowReaderTest {
    private static final int QUERIES = 16;
    private static final int KEYS = 256;
    private static final long MAX_UNREAD_BYTES = 3 << 20;

    @TempDir
    private Path folder;

    private MadeSnapshot snapshot;
    private TableManifest table;
    private QueryNode node;

    @BeforeEach
    void startNode() {
        snapshot = MadeSnapshot.make(
                folder.resolve("snapshot"),
                1,
                new TableSpec("t", 4096, 1, 128, 128),
                new TableSpec("wide", 4096, 4, 128, 128));
        table = snapshot.manifest().table("t").orElseThrow();
        node = new QueryNode(
                0,
                folder.resolve("node"),
                new ScalarEngine(),
                new QueryLimits(2 * QUERIES, 2 * QUERIES * KEYS, QUERIES, MAX_UNREAD_BYTES));
        try (SnapshotServer server = new SnapshotServer(snapshot.folder())) {
            node.holder().generations().hold(1, snapshot.wish(0, 1, server.endpoint()));
            node.holder().awaitComplete(1);
        }
    }

    @AfterEach
    void stop() {
        node.close();
    }

    @Test
    void aStreamThatIsNotReadIsEndedBeforeItsAnswersFillTheHeap() {
        QueryRequest request = request();
        try (QueryClient slow = QueryClient.notReading(node.endpoint());
                QueryClient quick = new QueryClient(node.endpoint())) {
            for (int id = 0; id < QUERIES; id++) {
                slow.send(request.toBuilder().setQueryId(id).build());
            }
            for (int id = 0; id < QUERIES; id++) {
                assertThat(quick.ask(request.toBuilder().setQueryId(id).build()).hasRows())
                        .as("query %d of the client that reads", id)
                        .isTrue();
            }
            slow.read();

            assertThat(slow.end().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
            assertThat(slow.received()).isLessThan(QUERIES);
        }
    }

    @Test
    void aClientThatReadsLateButAsksLittleGetsEverything() {
        QueryRequest request = request();
        try (QueryClient late = QueryClient.notReading(node.endpoint())) {
            late.send(request.toBuilder().setQueryId(1).build());
            late.send(request.toBuilder().setQueryId(2).build());
            late.halfClose();
            late.read();

            assertThat(late.end().getCode()).isEqualTo(Status.Code.OK);
            assertThat(late.received()).isEqualTo(2);
        }
    }

    /** One answer each, of which gRPC has taken all and the network nothing. */
    @Test
    void answersThatGrpcKeepsCountToo() {
        List<QueryClient> slow = new ArrayList<>();
        try (QueryClient quick = new QueryClient(node.endpoint())) {
            for (int i = 0; i < 4; i++) {
                slow.add(QueryClient.notReading(node.endpoint()));
                slow.getLast().send(largest().setQueryId(1).build());
            }
            QueryAnswer refused = await().until(() -> quick.ask(request()), QueryAnswer::hasFailure);
            assertThat(refused.getFailure().getReason()).isEqualTo(FailureReason.BUSY.name());
            assertThat(refused.getFailure().getFactsMap()).containsKey("retryAfterMillis");

            slow.forEach(QueryClient::close);

            await().until(() -> quick.ask(request()), QueryAnswer::hasRows);
        } finally {
            slow.forEach(QueryClient::close);
        }
    }

    /** Its last answer lies with gRPC and ending it again would free nothing: whoever sheds must not try for ever. */
    @Test
    void aStreamThatIsOverAndNotReadHoldsNobodyUp() {
        QueryRequest request = request();
        try (QueryClient over = QueryClient.notReading(node.endpoint());
                QueryClient slow = QueryClient.notReading(node.endpoint());
                QueryClient quick = new QueryClient(node.endpoint())) {
            over.send(wide(100).setQueryId(1).build());
            over.halfClose();
            await().until(() -> node.state().arrived() == 1);
            for (int id = 0; id < QUERIES; id++) {
                slow.send(request.toBuilder().setQueryId(id).build());
            }
            assertThat(quick.ask(request).hasRows()).isTrue();
            over.read();
            slow.read();

            assertThat(over.end().getCode()).isEqualTo(Status.Code.OK);
            assertThat(slow.end().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
            await().until(() -> quick.ask(request), QueryAnswer::hasRows);
        }
    }

    /** Nearly 4 MiB of rows. */
    private QueryRequest.Builder largest() {
        return wide(240);
    }

    private QueryRequest.Builder wide(int keysPerWay) {
        TableManifest wide = snapshot.manifest().table("wide").orElseThrow();
        return new Question(snapshot, wide, Collections.nCopies(wide.ways(), Collections.nCopies(keysPerWay, 5L)))
                .to(0, 0);
    }

    private QueryRequest request() {
        return new Question(snapshot, table, List.of(Collections.nCopies(KEYS, 5L)))
                .to(0, 0)
                .build();
    }
}
