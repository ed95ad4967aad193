package org.morphogen.node.query;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.morphogen.node.engine.ScalarEngine;
import org.morphogen.node.fixture.MadeSnapshot;
import org.morphogen.node.fixture.QueryClient;
import org.morphogen.node.fixture.QueryNode;
import org.morphogen.node.fixture.Question;
import org.morphogen.node.fixture.SnapshotServer;
import org.morphogen.node.fixture.TableSpec;
import org.morphogen.protocol.v1.ChunkRange;
import org.morphogen.protocol.v1.QueryAnswer;
import org.morphogen.protocol.v1.WayRows;
import org.morphogen.snapshot.TableManifest;

/** Both parties' answers XORed are the rows that were asked for. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class PrivateRowsTest {
    private static final QueryLimits LIMITS = new QueryLimits(64, 4096, 16);

    @TempDir
    private Path folder;

    private final List<QueryNode> nodes = new ArrayList<>();
    private final List<QueryClient> clients = new ArrayList<>();

    @BeforeEach
    void startBothParties() {
        for (int party = 0; party < 2; party++) {
            QueryNode node = new QueryNode(party, folder.resolve("node-" + party), new ScalarEngine(), LIMITS);
            nodes.add(node);
            clients.add(new QueryClient(node.endpoint()));
        }
    }

    @AfterEach
    void stop() {
        clients.forEach(QueryClient::close);
        nodes.forEach(QueryNode::close);
    }

    @ParameterizedTest
    @CsvSource({
        "16, 128, 128",
        "16, 1408, 256",
        "16, 150016, 131072",
        "32, 100096, 16384",
        "48, 20096, 8192",
        "64, 4096, 1024",
        "256, 8320, 4096",
        "1024, 2688, 1024",
        "4096, 896, 512",
        "4096, 4224, 8192"
    })
    void answersEveryRowWidth(int rowBytes, long rowsPerWay, int chunkRows) {
        MadeSnapshot snapshot = hold(rowBytes, new TableSpec("t", rowBytes, 3, rowsPerWay, chunkRows));

        askAndCompare(snapshot, "t", rowBytes);
    }

    @Test
    void answersFromEveryTable() {
        MadeSnapshot snapshot = hold(
                8,
                new TableSpec("accounts", 32, 3, 1280, 512),
                new TableSpec("code", 4096, 1, 256, 128),
                new TableSpec("storage", 48, 3, 2048, 2048));

        askAndCompare(snapshot, "accounts", 11);
        askAndCompare(snapshot, "code", 12);
        askAndCompare(snapshot, "storage", 13);
    }

    @Test
    void everyRowOfASmallTable() {
        MadeSnapshot snapshot = hold(9, new TableSpec("t", 32, 1, 640, 256));
        TableManifest table = snapshot.manifest().table("t").orElseThrow();
        for (long from = 0; from < 640; from += 128) {
            List<Long> rows = new ArrayList<>();
            for (long row = from; row < from + 128; row++) {
                rows.add(row);
            }
            compare(snapshot, table, List.of(rows), "rows from " + from);
        }
    }

    @Test
    void shardsTogetherMakeTheRow() {
        MadeSnapshot snapshot = hold(10, new TableSpec("t", 32, 2, 1664, 256));
        TableManifest table = snapshot.manifest().table("t").orElseThrow();
        Question question = new Question(snapshot, table, List.of(List.of(1663L), List.of(5L)));
        byte[] sum = new byte[64];
        List<List<ChunkRange>> shards = List.of(
                List.of(Question.range(0, 1), Question.range(2, 2)),
                List.of(Question.range(1, 1), Question.range(4, 3)));
        for (int party = 0; party < 2; party++) {
            for (List<ChunkRange> shard : shards) {
                QueryAnswer answer =
                        clients.get(party).ask(question.to(party, 1, shard).build());
                xor(sum, rows(answer));
            }
        }

        assertThat(Arrays.copyOf(sum, 32)).isEqualTo(snapshot.row("t", 0, 1663));
        assertThat(Arrays.copyOfRange(sum, 32, 64)).isEqualTo(snapshot.row("t", 1, 5));
    }

    @Test
    void aSinglePartysAnswerIsNotTheRow() {
        MadeSnapshot snapshot = hold(10, new TableSpec("t", 64, 1, 1280, 256));
        TableManifest table = snapshot.manifest().table("t").orElseThrow();

        QueryAnswer answer = clients.getFirst()
                .ask(Question.oneRow(snapshot, table, 77).to(0, 1).build());

        assertThat(rows(answer)).isNotEqualTo(snapshot.row("t", 0, 77)).isNotEqualTo(new byte[64]);
    }

    private MadeSnapshot hold(long seed, TableSpec... tables) {
        MadeSnapshot snapshot = MadeSnapshot.make(folder.resolve("snapshot"), seed, tables);
        try (SnapshotServer server = new SnapshotServer(snapshot.folder())) {
            for (int party = 0; party < 2; party++) {
                QueryNode node = nodes.get(party);
                node.holder().generations().hold(1, snapshot.wish(party, 1, server.endpoint()));
                node.holder().awaitComplete(1);
            }
        }
        return snapshot;
    }

    /** The first, the last and random rows of every way, several keys at once. */
    private void askAndCompare(MadeSnapshot snapshot, String name, long seed) {
        TableManifest table = snapshot.manifest().table(name).orElseThrow();
        Random random = new Random(seed);
        List<List<Long>> wanted = new ArrayList<>();
        for (int way = 0; way < table.ways(); way++) {
            wanted.add(List.of(
                    0L,
                    table.rowsPerWay() - 1,
                    random.nextLong(table.rowsPerWay()),
                    random.nextLong(table.rowsPerWay())));
        }
        compare(snapshot, table, wanted, "seed " + seed);
    }

    private void compare(MadeSnapshot snapshot, TableManifest table, List<List<Long>> wanted, String described) {
        Question question = new Question(snapshot, table, wanted);
        byte[] sum = rows(clients.get(0).ask(question.to(0, 1).build()));
        xor(sum, rows(clients.get(1).ask(question.to(1, 1).build())));
        int at = 0;
        for (int way = 0; way < table.ways(); way++) {
            for (long row : wanted.get(way)) {
                assertThat(Arrays.copyOfRange(sum, at, at + table.rowBytes()))
                        .as("%s, way %d, row %d", described, way, row)
                        .isEqualTo(snapshot.row(table.name(), way, row));
                at += table.rowBytes();
            }
        }
        assertThat(sum).hasSize(at);
    }

    private static byte[] rows(QueryAnswer answer) {
        assertThat(answer.getFailure().getMessage()).isEmpty();
        ByteString all = ByteString.EMPTY;
        for (WayRows way : answer.getRows().getWaysList()) {
            all = all.concat(way.getRows());
        }
        return all.toByteArray();
    }

    private static void xor(byte[] into, byte[] from) {
        assertThat(from).hasSameSizeAs(into);
        for (int i = 0; i < into.length; i++) {
            into[i] ^= from[i];
        }
    }
}
