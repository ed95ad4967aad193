package org.morphogen.node.epoch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.morphogen.epoch.Delta;
import org.morphogen.epoch.Epoch;
import org.morphogen.failure.FailureReason;
import org.morphogen.node.engine.ScalarEngine;
import org.morphogen.node.fixture.Chain;
import org.morphogen.node.fixture.MadeSnapshot;
import org.morphogen.node.fixture.QueryClient;
import org.morphogen.node.fixture.QueryNode;
import org.morphogen.node.fixture.Question;
import org.morphogen.node.fixture.SnapshotServer;
import org.morphogen.node.fixture.TableSpec;
import org.morphogen.node.query.QueryLimits;
import org.morphogen.protocol.v1.QueryAnswer;
import org.morphogen.protocol.v1.QueryRequest;
import org.morphogen.snapshot.ChunkId;
import org.morphogen.snapshot.TableManifest;

/** Two parties' nodes whose matrix changes while it is asked for, each epoch of the window compared with the truth. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class EpochQueriesTest {
    private static final long SEED = Long.getLong("morphogen.seed", 20261121);
    private static final int WINDOW = 8;

    @TempDir
    private Path folder;

    private final SplittableRandom random = new SplittableRandom(SEED);
    private final EpochSettings settings = new EpochSettings(WINDOW, 64 << 20, 64 << 20, StepWatch.NONE);
    private MadeSnapshot snapshot;
    private Chain chain;
    private List<QueryNode> nodes;
    private List<QueryClient> clients;

    @BeforeEach
    void start() {
        snapshot = MadeSnapshot.make(
                folder.resolve("snapshot"),
                SEED,
                new TableSpec("narrow", 32, 3, 1280, 256),
                new TableSpec("odd", 48, 2, 384, 256),
                new TableSpec("wide", 4096, 1, 4096, 4096));
        chain = new Chain(snapshot, random);
        nodes = IntStream.range(0, 2).mapToObj(this::node).toList();
        clients = nodes.stream().map(node -> new QueryClient(node.endpoint())).toList();
    }

    private QueryNode node(int party) {
        QueryNode node = new QueryNode(
                party, folder.resolve("node" + party), new ScalarEngine(), new QueryLimits(64, 4096, 64), settings);
        try (SnapshotServer server = new SnapshotServer(snapshot.folder())) {
            node.holder().generations().hold(1, snapshot.wish(party, 1, server.endpoint()));
            node.holder().awaitComplete(1);
        }
        return node;
    }

    @AfterEach
    void stop() {
        clients.forEach(QueryClient::close);
        nodes.forEach(QueryNode::close);
    }

    @Test
    void everyEpochOfTheWindowIsAnsweredExactly() {
        for (int block = 0; block < 3 * WINDOW; block++) {
            applyToBoth(chain.next(40));
            for (Epoch epoch : window()) {
                assertRight(epoch);
            }
        }
    }

    @Test
    void anEpochOutsideTheWindowIsRefusedWithTheWindow() {
        for (int block = 0; block < WINDOW + 2; block++) {
            applyToBoth(chain.next(4));
        }
        Epoch tooOld = chain.epochs().get(2);
        QueryAnswer old = ask(0, tooOld);
        QueryAnswer ahead = ask(
                0,
                new Epoch(
                        chain.head().number() + 1,
                        chain.head().digest(),
                        chain.head().block()));

        for (QueryAnswer refused : List.of(old, ahead)) {
            assertThat(refused.getFailure().getReason()).isEqualTo(FailureReason.EPOCH_OUTSIDE_WINDOW.name());
            assertThat(refused.getFailure().getFactsMap())
                    .containsEntry("first", Long.toString(chain.head().number() - WINDOW + 1))
                    .containsEntry("last", Long.toString(chain.head().number()));
        }
    }

    @Test
    void aReorganisationIsUndoneAndRedone() {
        for (int round = 0; round < 5; round++) {
            for (int block = 0; block < WINDOW; block++) {
                applyToBoth(chain.next(20));
            }
            List<Epoch> before = chain.epochs();
            Epoch fork = before.get(before.size() - 1 - random.nextInt(WINDOW));
            chain.rewind(fork);
            nodes.forEach(node -> keeper(node).rewind(fork.digest()));
            assertRight(fork);
            if (!fork.equals(before.getLast())) {
                applyToBoth(chain.next(20));
                assertRight(chain.head());
                Epoch replaced = before.get(before.indexOf(fork) + 1);
                assertThat(ask(1, replaced).getFailure().getReason()).isEqualTo(FailureReason.EPOCH_REPLACED.name());
            }
            // What was behind the window stays behind it.
            Epoch oldest = before.get(before.size() - WINDOW);
            window().stream().filter(epoch -> epoch.number() >= oldest.number()).forEach(this::assertRight);
        }
    }

    @Test
    void aDeltaThatDoesNotLeadOnChangesNothing() {
        Delta first = chain.next(5);
        Delta second = chain.next(5);
        EpochKeeper keeper = keeper(nodes.getFirst());
        assertThatThrownBy(() -> keeper.apply(second, held())).hasMessageContaining("does not lead on");
        assertThat(keeper.epochs().head().epoch()).isEqualTo(snapshot.base());
        applyToBoth(first);
        applyToBoth(second);
        applyToBoth(first);
        applyToBoth(second);
        assertRight(chain.head());
    }

    private List<Epoch> window() {
        List<Epoch> all = chain.epochs();
        return all.subList(Math.max(0, all.size() - WINDOW), all.size());
    }

    private void applyToBoth(Delta delta) {
        nodes.forEach(node -> keeper(node).apply(delta, held()));
    }

    private Set<ChunkId> held() {
        return Set.copyOf(snapshot.chunkIds());
    }

    private static EpochKeeper keeper(QueryNode node) {
        return node.holder().generations().find(1).orElseThrow().keeper().orElseThrow();
    }

    private QueryAnswer ask(int party, Epoch at) {
        TableManifest table = snapshot.manifest().tables().getFirst();
        return clients.get(party)
                .ask(Question.oneRow(snapshot, table, 1).at(at).to(party, 1).build());
    }

    /** Asks for random rows of every table. */
    private void assertRight(Epoch at) {
        long id = 100;
        for (TableManifest table : snapshot.manifest().tables()) {
            List<List<Long>> rows = IntStream.range(0, table.ways())
                    .mapToObj(way ->
                            random.longs(3, 0, table.rowsPerWay()).boxed().toList())
                    .toList();
            Question question = new Question(snapshot, table, rows).at(at);
            QueryRequest zero = question.to(0, id).build();
            QueryRequest one = question.to(1, id).build();
            clients.get(0).send(zero);
            clients.get(1).send(one);
            QueryAnswer fromZero = clients.get(0).answer(id);
            QueryAnswer fromOne = clients.get(1).answer(id);
            id++;
            for (int way = 0; way < table.ways(); way++) {
                byte[] sum = fromZero.getRows().getWays(way).getRows().toByteArray();
                byte[] other = fromOne.getRows().getWays(way).getRows().toByteArray();
                for (int i = 0; i < sum.length; i++) {
                    sum[i] ^= other[i];
                }
                byte[] expected = new byte[sum.length];
                for (int i = 0; i < rows.get(way).size(); i++) {
                    byte[] row = chain.row(at, table, way, rows.get(way).get(i));
                    System.arraycopy(row, 0, expected, i * row.length, row.length);
                }
                assertThat(sum)
                        .as("%s way %d at %s, seed %d", table.name(), way, at, SEED)
                        .isEqualTo(expected);
            }
        }
    }
}
