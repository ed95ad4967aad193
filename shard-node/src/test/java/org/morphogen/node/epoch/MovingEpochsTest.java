package org.morphogen.node.epoch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.morphogen.epoch.Delta;
import org.morphogen.epoch.Epoch;
import org.morphogen.failure.FailureReason;
import org.morphogen.node.EngineChoice;
import org.morphogen.node.engine.ScanEngine;
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
import org.morphogen.protocol.v1.WayRows;
import org.morphogen.row.Bytes32;
import org.morphogen.snapshot.ChunkId;
import org.morphogen.snapshot.Sha256;
import org.morphogen.snapshot.TableManifest;

/** Clients that ask without a pause, for the head and for older epochs, while blocks come and are undone. */
class MovingEpochsTest {
    private static final long SEED = Long.getLong("morphogen.seed", 20261124);
    private static final int WINDOW = 12;
    private static final int CLIENTS = 3;
    private static final int QUESTIONS_A_STREAM = 40;
    private static final Duration BLOCK = Duration.ofMillis(100);

    @TempDir
    private Path folder;

    private final AtomicBoolean over = new AtomicBoolean();
    private final Map<String, Integer> outcomes = new ConcurrentHashMap<>();
    private MadeSnapshot snapshot;
    private Chain chain;
    private HistoryModel history;
    private List<QueryNode> nodes;

    @BeforeEach
    void start() {
        snapshot = MadeSnapshot.make(folder.resolve("snapshot"), SEED, tables().toArray(TableSpec[]::new));
        chain = new Chain(snapshot, new SplittableRandom(SEED));
        history = new HistoryModel(chain, WINDOW);
        nodes = IntStream.range(0, 2).mapToObj(this::node).toList();
    }

    List<TableSpec> tables() {
        return List.of(
                new TableSpec("narrow", 32, 3, 20_096, 4096),
                new TableSpec("odd", 48, 2, 2432, 1024),
                new TableSpec("wide", 4096, 1, 4096, 4096));
    }

    ScanEngine engine(int party) {
        return EngineChoice.AUTO.open(0);
    }

    private QueryNode node(int party) {
        QueryNode node = new QueryNode(
                party,
                folder.resolve("node" + party),
                engine(party),
                new QueryLimits(64, 4096, 64),
                new EpochSettings(WINDOW, 64 << 20, 2 << 20, StepWatch.NONE));
        try (SnapshotServer server = new SnapshotServer(snapshot.folder())) {
            node.holder().generations().hold(1, snapshot.wish(party, 1, server.endpoint()));
            node.holder().awaitComplete(1);
        }
        return node;
    }

    @AfterEach
    void stop() {
        nodes.forEach(QueryNode::close);
    }

    /** What comes: so many blocks with so many changed rows, so far apart. */
    record Blocks(int count, int rows, Duration pause) {}

    Blocks some() {
        return new Blocks(60, 400, BLOCK);
    }

    Blocks many() {
        return new Blocks(6000, 1500, BLOCK);
    }

    @Test
    @Timeout(value = 120, unit = TimeUnit.SECONDS)
    void someSeconds() throws InterruptedException, ExecutionException {
        run(some());
    }

    @Test
    @Tag("long")
    @Timeout(value = 30, unit = TimeUnit.MINUTES)
    void manyBlocks() throws InterruptedException, ExecutionException {
        run(many());
    }

    private void run(Blocks blocks) throws InterruptedException, ExecutionException {
        List<Future<?>> running = new ArrayList<>();
        try (ExecutorService threads =
                Executors.newThreadPerTaskExecutor(Thread.ofPlatform().factory())) {
            try {
                for (int client = 0; client < CLIENTS; client++) {
                    SplittableRandom random = new SplittableRandom(SEED + 1 + client);
                    running.add(threads.submit(() -> ask(random)));
                }
                running.add(threads.submit(() -> compareDigests(new SplittableRandom(SEED + 100))));
                move(blocks, running);
            } finally {
                over.set(true);
            }
            for (Future<?> each : running) {
                each.get();
            }
        }
        System.out.println("moving epochs: " + outcomes);
        assertThat(outcomes).as("seed %d", SEED).containsKeys("right at the head", "right before it", "digests");
        for (QueryNode node : nodes) {
            assertThat(node.state().failed()).as("queries that a defect ended").isZero();
        }
    }

    private void move(Blocks blocks, List<Future<?>> running) throws InterruptedException {
        int mostRows = 2 * blocks.rows() / snapshot.chunkIds().size();
        SplittableRandom random = new SplittableRandom(SEED + 200);
        for (int block = 0; block < blocks.count() && running.stream().noneMatch(Future::isDone); block++) {
            Thread.sleep(blocks.pause().toMillis());
            if (random.nextInt(8) == 0) {
                history.rewind(random, to -> nodes.forEach(node -> keeper(node).rewind(to.digest())));
            } else {
                history.append(mostRows, delta -> nodes.forEach(node -> apply(node, delta)));
            }
        }
    }

    private void apply(QueryNode node, Delta delta) {
        keeper(node).apply(delta, Set.copyOf(snapshot.chunkIds()));
    }

    private static EpochKeeper keeper(QueryNode node) {
        return node.holder().generations().find(1).orElseThrow().keeper().orElseThrow();
    }

    private record Wanted(Epoch epoch, TableManifest table, List<List<Long>> rows, List<byte[]> right) {}

    private void ask(SplittableRandom random) {
        long id = 1;
        while (!over.get()) {
            try (QueryClient zero = new QueryClient(nodes.get(0).endpoint());
                    QueryClient one = new QueryClient(nodes.get(1).endpoint())) {
                for (int i = 0; i < QUESTIONS_A_STREAM && !over.get(); i++) {
                    ask(zero, one, wanted(random), id++);
                }
            }
        }
    }

    private Wanted wanted(SplittableRandom random) {
        List<TableManifest> tables = snapshot.manifest().tables();
        TableManifest table = tables.get(random.nextInt(tables.size()));
        List<List<Long>> rows = IntStream.range(0, table.ways())
                .mapToObj(way -> random.longs(2, 0, table.rowsPerWay()).boxed().toList())
                .toList();
        return history.look(random, epoch -> new Wanted(epoch, table, rows, right(epoch, table, rows)));
    }

    private List<byte[]> right(Epoch epoch, TableManifest table, List<List<Long>> rows) {
        List<byte[]> right = new ArrayList<>();
        for (int way = 0; way < rows.size(); way++) {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            for (long row : rows.get(way)) {
                bytes.writeBytes(chain.row(epoch, table, way, row));
            }
            right.add(bytes.toByteArray());
        }
        return right;
    }

    private void ask(QueryClient zero, QueryClient one, Wanted wanted, long id) {
        Question question = new Question(snapshot, wanted.table(), wanted.rows()).at(wanted.epoch());
        QueryRequest toZero = question.to(0, id).build();
        QueryRequest toOne = question.to(1, id).build();
        zero.send(toZero);
        one.send(toOne);
        List<QueryAnswer> answers = List.of(zero.answer(id), one.answer(id));
        for (QueryAnswer answer : answers) {
            if (answer.hasFailure()) {
                assertMayFail(wanted.epoch(), answer.getFailure().getReason());
                return;
            }
        }
        for (int way = 0; way < wanted.rows().size(); way++) {
            assertThat(sum(
                            answers.get(0).getRows().getWays(way),
                            answers.get(1).getRows().getWays(way)))
                    .as("%s way %d at %s, seed %d", wanted.table().name(), way, wanted.epoch(), SEED)
                    .isEqualTo(wanted.right().get(way));
        }
        count(history.isHead(wanted.epoch()) ? "right at the head" : "right before it");
    }

    private void assertMayFail(Epoch epoch, String reason) {
        assertThat(reason)
                .as("at %s, seed %d", epoch, SEED)
                .isIn(FailureReason.EPOCH_OUTSIDE_WINDOW.name(), FailureReason.EPOCH_REPLACED.name());
        assertThat(history.hasLeft(epoch))
                .as("%s at %s, which has left; seed %d", reason, epoch, SEED)
                .isTrue();
        count(reason);
    }

    private static byte[] sum(WayRows zero, WayRows one) {
        byte[] sum = zero.getRows().toByteArray();
        byte[] other = one.getRows().toByteArray();
        for (int i = 0; i < sum.length; i++) {
            sum[i] ^= other[i];
        }
        return sum;
    }

    private record WantedDigest(Epoch epoch, ChunkId chunk, String sha256) {}

    private void compareDigests(SplittableRandom random) {
        List<ChunkId> ids = snapshot.chunkIds();
        while (!over.get()) {
            ChunkId id = ids.get(random.nextInt(ids.size()));
            EpochKeeper keeper = keeper(nodes.get(random.nextInt(2)));
            Timeline.Pin[] pins = new Timeline.Pin[1];
            WantedDigest wanted = history.look(random, epoch -> {
                pins[0] = keeper.epochs().pin(epoch.number(), epoch.mark());
                return new WantedDigest(epoch, id, Sha256.of(chain.chunk(epoch, id)));
            });
            try (Timeline.Pin pin = pins[0]) {
                assertThat(keeper.digest(id, pin.epoch()).map(Bytes32::hex))
                        .as("%s at %s, seed %d", id, wanted.epoch(), SEED)
                        .contains(wanted.sha256());
            }
            count("digests");
        }
    }

    private void count(String outcome) {
        outcomes.merge(outcome, 1, Integer::sum);
    }
}
