package org.morphogen.node.constantwork;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.morphogen.epoch.Epoch;
import org.morphogen.node.cuda.NeedsHostGpu;
import org.morphogen.node.cuda.TestGpus;
import org.morphogen.node.epoch.EpochKeeper;
import org.morphogen.node.fixture.Chain;
import org.morphogen.node.fixture.MadeSnapshot;
import org.morphogen.node.fixture.QueryClient;
import org.morphogen.node.fixture.QueryNode;
import org.morphogen.node.fixture.Question;
import org.morphogen.node.fixture.SnapshotServer;
import org.morphogen.node.fixture.TableSpec;
import org.morphogen.node.query.QueryLimits;
import org.morphogen.snapshot.TableManifest;

/** What a GPU is told to do for a query, launch by launch and copy by copy, does not depend on what it asks for. */
@NeedsHostGpu
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class GpuWorkTest {
    private static final long SEED = Long.getLong("morphogen.seed", 20261129);
    private static final TableSpec TABLE = new TableSpec("t", 48, 2, 512 + 128, 256);
    private static final int KEYS = 3;

    @TempDir
    private Path folder;

    private final SplittableRandom random = new SplittableRandom(SEED);
    private long queryId;

    @Test
    void isTheSameForAnyQuery() {
        MadeSnapshot snapshot = MadeSnapshot.make(folder.resolve("snapshot"), SEED, TABLE);
        Chain chain = new Chain(snapshot, new SplittableRandom(SEED));
        try (TestGpus gpus = TestGpus.open(1);
                SnapshotServer server = new SnapshotServer(snapshot.folder());
                QueryNode node =
                        new QueryNode(0, folder.resolve("node"), gpus.engine(), new QueryLimits(64, 4096, 64));
                QueryClient client = new QueryClient(node.endpoint())) {
            node.holder().generations().hold(1, snapshot.wish(0, 1, server.endpoint()));
            node.holder().awaitComplete(1);
            EpochKeeper keeper =
                    node.holder().generations().find(1).orElseThrow().keeper().orElseThrow();
            for (int block = 0; block < 2; block++) {
                keeper.apply(chain.next(20), new HashSet<>(snapshot.chunkIds()));
            }
            await().until(() -> keeper.kept().segmentsBehind() == 0);
            assertThat(gpus.host().journal()).as("begins to listen").isEmpty();
            for (Epoch epoch : chain.epochs()) {
                List<List<String>> work = new ArrayList<>();
                for (List<Long> rows : asked(snapshot)) {
                    ask(client, snapshot, epoch, rows);
                    work.add(done(gpus));
                }
                assertThat(work.getFirst())
                        .as("seed %d", SEED)
                        .anyMatch(line -> line.startsWith("scan_"))
                        .anyMatch(line -> line.startsWith("bytes-to-device"));
                assertThat(work.getFirst().stream().anyMatch(line -> line.startsWith("correct")))
                        .as("what is not the head is set right")
                        .isEqualTo(!epoch.equals(chain.head()));
                assertThat(work).as("at %s, seed %d", epoch, SEED).containsOnly(work.getFirst());

                ask(client, snapshot, epoch, List.of(1L, 2L, 3L, 4L));
                assertThat(done(gpus)).as("a key more is seen").isNotEqualTo(work.getFirst());
            }
        }
    }

    /** Without its order, which threads that scan different chunks make at random. */
    private static List<String> done(TestGpus gpus) {
        return gpus.host().journal().stream().sorted().toList();
    }

    /** The ends of the table, of its chunks, rows all alike, rows far apart. */
    private List<List<Long>> asked(MadeSnapshot snapshot) {
        long last = table(snapshot).rowsPerWay() - 1;
        List<List<Long>> asked =
                new ArrayList<>(List.of(rows(0), rows(last), rows(255), rows(256), List.of(0L, 300L, last)));
        for (int i = 0; i < 4; i++) {
            asked.add(random.longs(KEYS, 0, last + 1).boxed().toList());
        }
        return asked;
    }

    private static List<Long> rows(long row) {
        return IntStream.range(0, KEYS).mapToObj(key -> row).toList();
    }

    private static TableManifest table(MadeSnapshot snapshot) {
        return snapshot.manifest().tables().getFirst();
    }

    private void ask(QueryClient client, MadeSnapshot snapshot, Epoch epoch, List<Long> rows) {
        Question question = new Question(snapshot, table(snapshot), List.of(rows, rows)).at(epoch);
        assertThat(client.ask(question.to(0, ++queryId).build()).hasRows()).isTrue();
    }
}
