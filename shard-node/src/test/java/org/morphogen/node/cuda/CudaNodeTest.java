package org.morphogen.node.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.morphogen.epoch.Delta;
import org.morphogen.epoch.Epoch;
import org.morphogen.node.engine.ScalarEngine;
import org.morphogen.node.engine.ScanEngine;
import org.morphogen.node.epoch.EpochKeeper;
import org.morphogen.node.epoch.EpochSettings;
import org.morphogen.node.epoch.KnownEpoch;
import org.morphogen.node.epoch.StepWatch;
import org.morphogen.node.fixture.Chain;
import org.morphogen.node.fixture.MadeSnapshot;
import org.morphogen.node.fixture.NodeClient;
import org.morphogen.node.fixture.QueryClient;
import org.morphogen.node.fixture.QueryNode;
import org.morphogen.node.fixture.Question;
import org.morphogen.node.fixture.SnapshotServer;
import org.morphogen.node.fixture.TableSpec;
import org.morphogen.node.query.QueryLimits;
import org.morphogen.protocol.v1.ChunkDigestsRequest;
import org.morphogen.protocol.v1.ChunkDigestsResponse;
import org.morphogen.protocol.v1.QueryAnswer;
import org.morphogen.protocol.v1.ReadRowsRequest;
import org.morphogen.protocol.v1.WayRowNumbers;
import org.morphogen.snapshot.TableManifest;

/** A generation in GPU memory, held by a whole node, beside the other party's node that scans with the scalar engine. */
@NeedsTestGpus
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class CudaNodeTest {
    private static final long SEED = Long.getLong("morphogen.seed", 20261126);
    private static final int WINDOW = 4;
    private static final int MOST_ROWS = 12;

    @TempDir
    private Path folder;

    private final SplittableRandom random = new SplittableRandom(SEED);
    private long queryId;

    /** One party's node and its doors. */
    private final class Party implements AutoCloseable {
        private final QueryNode node;
        private final QueryClient client;
        private final NodeClient leader;

        Party(int party, ScanEngine engine) {
            node = new QueryNode(
                    party,
                    folder.resolve("node" + party),
                    engine,
                    new QueryLimits(64, 4096, 64),
                    new EpochSettings(WINDOW, 64 << 20, 64 << 20, StepWatch.NONE));
            client = new QueryClient(node.endpoint());
            leader = new NodeClient(node.endpoint());
        }

        EpochKeeper keeper() {
            return node.holder().generations().find(1).orElseThrow().keeper().orElseThrow();
        }

        @Override
        public void close() {
            leader.close();
            client.close();
            node.close();
        }
    }

    private MadeSnapshot snapshot() {
        return MadeSnapshot.make(
                folder.resolve("snapshot"),
                SEED,
                new TableSpec("narrow", 32, 3, 640, 256),
                new TableSpec("odd", 48, 2, 384, 128),
                new TableSpec("wide", 256, 1, 384, 256));
    }

    private static void load(MadeSnapshot snapshot, Party... parties) {
        try (SnapshotServer server = new SnapshotServer(snapshot.folder())) {
            for (int party = 0; party < parties.length; party++) {
                parties[party].node.holder().generations().hold(1, snapshot.wish(party, 1, server.endpoint()));
                parties[party].node.holder().awaitComplete(1);
            }
        }
    }

    private static void apply(MadeSnapshot snapshot, Delta delta, Party... parties) {
        for (Party party : parties) {
            party.keeper().apply(delta, new HashSet<>(snapshot.chunkIds()));
        }
    }

    @Test
    void followsTheChainAndAnswersEveryEpochOfItsWindow() {
        MadeSnapshot snapshot = snapshot();
        Chain chain = new Chain(snapshot, random);
        try (TestGpus gpus = TestGpus.open(1);
                Party cuda = new Party(0, gpus.engine());
                Party scalar = new Party(1, new ScalarEngine())) {
            load(snapshot, cuda, scalar);
            assertAnswers(snapshot, chain, chain.head(), cuda, scalar);
            for (int block = 0; block < WINDOW + 2; block++) {
                apply(snapshot, chain.next(MOST_ROWS), cuda, scalar);
            }
            // Perhaps before all of it is merged.
            assertAnswers(snapshot, chain, chain.head(), cuda, scalar);
            assertAnswersAllOfTheWindow(snapshot, chain, cuda, scalar);

            List<Epoch> all = chain.epochs();
            Epoch fork = all.get(all.size() - 3);
            chain.rewind(fork);
            cuda.keeper().rewind(fork.digest());
            scalar.keeper().rewind(fork.digest());
            assertAnswers(snapshot, chain, fork, cuda, scalar);
            apply(snapshot, chain.next(MOST_ROWS), cuda, scalar);
            assertAnswersAllOfTheWindow(snapshot, chain, cuda, scalar);
        }
    }

    @Test
    void isTheSameAfterARestartFromDisk() {
        MadeSnapshot snapshot = snapshot();
        Chain chain = new Chain(snapshot, random);
        try (Party scalar = new Party(1, new ScalarEngine())) {
            try (TestGpus gpus = TestGpus.open(1);
                    Party cuda = new Party(0, gpus.engine())) {
                load(snapshot, cuda, scalar);
                for (int block = 0; block < 2 * WINDOW; block++) {
                    apply(snapshot, chain.next(MOST_ROWS), cuda, scalar);
                }
            }
            try (TestGpus gpus = TestGpus.open(2);
                    Party cuda = new Party(0, gpus.engine())) {
                cuda.node.holder().awaitComplete(1);
                assertAnswersAllOfTheWindow(snapshot, chain, cuda, scalar);
                apply(snapshot, chain.next(MOST_ROWS), cuda, scalar);
                assertAnswers(snapshot, chain, chain.head(), cuda, scalar);
            }
        }
    }

    private void assertAnswersAllOfTheWindow(MadeSnapshot snapshot, Chain chain, Party cuda, Party scalar) {
        List<Epoch> window =
                cuda.keeper().epochs().window().stream().map(KnownEpoch::epoch).toList();
        assertThat(window)
                .isEqualTo(scalar.keeper().epochs().window().stream()
                        .map(KnownEpoch::epoch)
                        .toList());
        assertThat(window.getFirst()).isEqualTo(chain.head());
        for (Epoch epoch : window) {
            assertAnswers(snapshot, chain, epoch, cuda, scalar);
            assertThat(digests(cuda, epoch))
                    .as("digests at %s, seed %d", epoch, SEED)
                    .isEqualTo(digests(scalar, epoch));
        }
        snapshot.manifest().tables().forEach(table -> assertReads(chain, table, window.getLast(), cuda));
    }

    private void assertAnswers(MadeSnapshot snapshot, Chain chain, Epoch epoch, Party cuda, Party scalar) {
        for (TableManifest table : snapshot.manifest().tables()) {
            List<List<Long>> rows = IntStream.range(0, table.ways())
                    .mapToObj(way ->
                            random.longs(2, 0, table.rowsPerWay()).boxed().toList())
                    .toList();
            Question question = new Question(snapshot, table, rows).at(epoch);
            QueryAnswer zero = cuda.client.ask(question.to(0, ++queryId).build());
            QueryAnswer one = scalar.client.ask(question.to(1, ++queryId).build());
            for (int way = 0; way < table.ways(); way++) {
                byte[] sum = zero.getRows().getWays(way).getRows().toByteArray();
                byte[] other = one.getRows().getWays(way).getRows().toByteArray();
                for (int key = 0; key < 2; key++) {
                    byte[] right = chain.row(epoch, table, way, rows.get(way).get(key));
                    for (int i = 0; i < right.length; i++) {
                        int at = key * right.length + i;
                        assertThat((byte) (sum[at] ^ other[at]))
                                .as("%s, way %d at %s, seed %d", table.name(), way, epoch, SEED)
                                .isEqualTo(right[i]);
                    }
                }
            }
        }
    }

    private static ChunkDigestsResponse digests(Party party, Epoch epoch) {
        return party.leader
                .control()
                .chunkDigests(ChunkDigestsRequest.newBuilder()
                        .setTerm(1)
                        .setGeneration(1)
                        .setEpoch(epoch.number())
                        .setEpochMark(ByteString.copyFrom(epoch.mark()))
                        .build());
    }

    private static void assertReads(Chain chain, TableManifest table, Epoch epoch, Party party) {
        List<Long> rows = List.of(0L, 1L, table.rowsPerWay() - 1, table.rowsPerWay() / 2);
        byte[] found = party.leader
                .control()
                .readRows(ReadRowsRequest.newBuilder()
                        .setTerm(1)
                        .setGeneration(1)
                        .setEpoch(epoch.number())
                        .setEpochMark(ByteString.copyFrom(epoch.mark()))
                        .setTable(table.name())
                        .addWays(WayRowNumbers.newBuilder().setWay(0).addAllRows(rows))
                        .build())
                .getWays(0)
                .getRows()
                .toByteArray();
        for (int i = 0; i < rows.size(); i++) {
            byte[] right = chain.row(epoch, table, 0, rows.get(i));
            assertThat(Arrays.copyOfRange(found, i * right.length, (i + 1) * right.length))
                    .as("row %d of %s at %s", rows.get(i), table.name(), epoch)
                    .isEqualTo(right);
        }
    }
}
