package org.morphogen.node.query;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
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
import org.morphogen.protocol.v1.ChunkRange;
import org.morphogen.protocol.v1.Failure;
import org.morphogen.protocol.v1.QueryAnswer;
import org.morphogen.protocol.v1.QueryRequest;
import org.morphogen.protocol.v1.WayKeys;
import org.morphogen.snapshot.ChunkId;
import org.morphogen.snapshot.TableManifest;
import org.morphogen.transport.Limits;

/** Every bad query is answered with its reason, and a good one on the same stream with rows right after it. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class BadQueriesTest {
    private static final int MAX_KEYS_IN_FLIGHT = 300;

    @TempDir
    private Path folder;

    private MadeSnapshot snapshot;
    private TableManifest table;
    private QueryNode node;
    private QueryClient client;
    private QueryRequest good;

    @BeforeEach
    void startNode() {
        snapshot = MadeSnapshot.make(
                folder.resolve("snapshot"),
                1,
                new TableSpec("t", 32, 3, 1280, 256),
                new TableSpec("wide", 4096, 1, 256, 256));
        table = snapshot.manifest().table("t").orElseThrow();
        node = new QueryNode(0, folder.resolve("node"), new ScalarEngine(), new QueryLimits(16, MAX_KEYS_IN_FLIGHT, 4));
        List<ChunkId> held = snapshot.chunkIds().stream()
                .filter(chunk -> chunk.way() != 2 || chunk.index() != 4)
                .toList();
        try (SnapshotServer server = new SnapshotServer(snapshot.folder())) {
            node.holder().generations().hold(1, snapshot.wish(0, 1, 1, held, server.endpoint()));
            node.holder().awaitComplete(1);
        }
        client = new QueryClient(node.endpoint());
        good = Question.oneRow(snapshot, table, 3)
                .to(0, 99, List.of(Question.range(0, 4)))
                .build();
    }

    @AfterEach
    void stop() {
        client.close();
        node.close();
    }

    @Test
    void garbageKey() {
        byte[] garbage = new byte[good.getWays(0).getKeys(0).size()];
        new Random(1).nextBytes(garbage);
        garbage[0] = 99;
        assertRefused(FailureReason.KEY_MALFORMED, withKey(ByteString.copyFrom(garbage)));
    }

    @Test
    void truncatedKeys() {
        ByteString key = good.getWays(0).getKeys(0);
        for (int length : new int[] {0, 1, 3, 19, key.size() - 1}) {
            assertRefused(FailureReason.KEY_MALFORMED, withKey(key.substring(0, length)));
        }
        assertRefused(FailureReason.KEY_MALFORMED, withKey(key.concat(ByteString.copyFrom(new byte[1]))));
    }

    @Test
    void keyOfTheOtherParty() {
        assertRefused(
                FailureReason.KEY_OF_OTHER_PARTY,
                Question.oneRow(snapshot, table, 3)
                        .to(1, 1, List.of(Question.range(0, 4)))
                        .build());
    }

    @Test
    void keyOfAnotherDepth() {
        TableManifest wide = node.holder()
                .generations()
                .find(1)
                .orElseThrow()
                .manifest()
                .orElseThrow()
                .table("wide")
                .orElseThrow();
        ByteString shallow =
                Question.oneRow(snapshot, wide, 3).to(0, 1).getWays(0).getKeys(0);
        assertRefused(FailureReason.KEY_DEPTH_WRONG, withKey(shallow));
    }

    @Test
    void unknownTable() {
        assertRefused(
                FailureReason.TABLE_UNKNOWN, good.toBuilder().setTable("nobody").build());
        assertRefused(FailureReason.TABLE_UNKNOWN, good.toBuilder().clearTable().build());
    }

    @Test
    void unknownWay() {
        assertRefused(FailureReason.WAY_UNKNOWN, way(2, way -> way.setWay(3)));
        assertRefused(FailureReason.WAY_UNKNOWN, way(2, way -> way.setWay(-1)));
    }

    @Test
    void waysOutOfOrderTwiceOrNone() {
        assertRefused(FailureReason.REQUEST_INVALID, way(1, way -> way.setWay(0)));
        assertRefused(FailureReason.REQUEST_INVALID, way(0, way -> way.setWay(2)));
        assertRefused(
                FailureReason.REQUEST_INVALID, good.toBuilder().clearWays().build());
    }

    @Test
    void chunkThatIsNotHeld() {
        assertRefused(FailureReason.CHUNK_NOT_HELD, way(2, way -> chunks(way, Question.range(3, 2))));
    }

    @Test
    void rangesThatMakeNoSense() {
        for (List<ChunkRange> ranges : List.of(
                List.of(Question.range(0, 0)),
                List.of(Question.range(1, 1), Question.range(0, 1)),
                List.of(Question.range(0, 2), Question.range(1, 1)),
                List.of(Question.range(4, 2)),
                List.of(Question.range(0, -1)),
                List.of(Question.range(-1, 2)),
                List.<ChunkRange>of())) {
            assertRefused(FailureReason.REQUEST_INVALID, way(0, way -> chunks(way, ranges.toArray(new ChunkRange[0]))));
        }
    }

    @Test
    void noKeys() {
        assertRefused(FailureReason.REQUEST_INVALID, way(0, WayKeys.Builder::clearKeys));
    }

    @Test
    void unknownGeneration() {
        Failure failure = assertRefused(
                FailureReason.GENERATION_UNKNOWN,
                good.toBuilder().setGeneration(2).build());
        assertThat(failure.getFactsMap()).isEqualTo(Map.of("served", "1"));
        assertRefused(
                FailureReason.GENERATION_UNKNOWN,
                good.toBuilder().setGeneration(-1).build());
    }

    @Test
    void epochOutsideTheWindow() {
        Failure failure = assertRefused(
                FailureReason.EPOCH_OUTSIDE_WINDOW,
                good.toBuilder().setEpoch(MadeSnapshot.EPOCH + 1).build());
        assertThat(failure.getFactsMap()).isEqualTo(Map.of("first", "7", "last", "7"));
        assertRefused(
                FailureReason.EPOCH_OUTSIDE_WINDOW, good.toBuilder().setEpoch(0).build());
    }

    @Test
    void tooManyKeysOfOneWay() {
        List<ByteString> keys =
                Collections.nCopies(Limits.MAX_KEYS_PER_WAY + 1, good.getWays(0).getKeys(0));
        Failure failure = assertRefused(
                FailureReason.REQUEST_TOO_LARGE, way(0, way -> way.clearKeys().addAllKeys(keys)));
        assertThat(failure.getFactsMap()).containsEntry("limit", Integer.toString(Limits.MAX_KEYS_PER_WAY));
    }

    @Test
    void tooManyRanges() {
        List<ChunkRange> ranges = Collections.nCopies(Limits.MAX_RANGES_PER_WAY + 1, Question.range(0, 1));
        assertRefused(
                FailureReason.REQUEST_TOO_LARGE, way(0, way -> way.clearChunks().addAllChunks(ranges)));
    }

    @Test
    void moreKeysThanTheNodeEverTakes() {
        List<ByteString> keys = Collections.nCopies(150, good.getWays(0).getKeys(0));
        QueryRequest.Builder request = good.toBuilder();
        request.getWaysBuilderList().forEach(way -> way.clearKeys().addAllKeys(keys));
        Failure failure = assertRefused(FailureReason.REQUEST_TOO_LARGE, request.build());
        assertThat(failure.getFactsMap()).containsEntry("limit", Integer.toString(MAX_KEYS_IN_FLIGHT));
    }

    @Test
    void emptyRequest() {
        assertRefused(FailureReason.GENERATION_UNKNOWN, QueryRequest.getDefaultInstance());
    }

    private QueryRequest withKey(ByteString key) {
        return way(1, way -> way.setKeys(0, key));
    }

    private QueryRequest way(int at, UnaryOperator<WayKeys.Builder> change) {
        QueryRequest.Builder request = good.toBuilder();
        request.setWays(at, change.apply(good.getWays(at).toBuilder()));
        return request.build();
    }

    private static WayKeys.Builder chunks(WayKeys.Builder way, ChunkRange... ranges) {
        return way.clearChunks().addAllChunks(List.of(ranges));
    }

    private Failure assertRefused(FailureReason reason, QueryRequest bad) {
        QueryAnswer answer = client.ask(bad);

        assertThat(answer.getFailure().getReason()).as("%s", answer).isEqualTo(reason.name());
        assertThat(answer.getFailure().getMessage()).isNotBlank();
        QueryAnswer next = client.ask(good);
        assertThat(next.getRows().getWaysList()).as("%s", next).hasSize(3);
        return answer.getFailure();
    }
}
