package org.morphogen.node.epoch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.morphogen.epoch.Epoch;
import org.morphogen.failure.MorphogenException;
import org.morphogen.node.chunk.ChunkMemory;
import org.morphogen.node.chunk.ChunkReader;
import org.morphogen.node.chunk.GenerationFolder;
import org.morphogen.node.fixture.Chain;
import org.morphogen.node.fixture.Holder;
import org.morphogen.node.fixture.MadeSnapshot;
import org.morphogen.node.fixture.SnapshotServer;
import org.morphogen.node.fixture.TableSpec;
import org.morphogen.node.layout.SegmentGeometry;
import org.morphogen.node.pull.DiskPartFile;
import org.morphogen.row.Bytes32;
import org.morphogen.snapshot.ChunkGeometry;
import org.morphogen.snapshot.ChunkId;
import org.morphogen.snapshot.Sha256;

/** Chunks whose file is newer than the epochs that a reorganisation goes back to, and chunks that come to a node late. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class KeptChunksTest {
    private static final long SEED = Long.getLong("morphogen.seed", 20261125);
    private static final int WINDOW = 6;
    private static final long MEMORY = 64L << 20;

    private static final long LOG_BYTES = 100 << 10;

    @TempDir
    private Path folder;

    private volatile StepWatch watch = StepWatch.NONE;
    private MadeSnapshot snapshot;
    private SnapshotServer server;
    private Chain chain;
    private Holder node;

    @BeforeEach
    void start() {
        snapshot = MadeSnapshot.make(
                folder.resolve("snapshot"),
                SEED,
                new TableSpec("narrow", 32, 3, 1280, 256),
                new TableSpec("wide", 1024, 1, 1024, 1024));
        server = new SnapshotServer(snapshot.folder());
        chain = new Chain(snapshot, new SplittableRandom(SEED));
        node = open();
    }

    private Holder open() {
        return new Holder(
                0,
                folder.resolve("node"),
                MEMORY,
                DiskPartFile::open,
                new EpochSettings(WINDOW, 64 << 20, LOG_BYTES, step -> watch.reached(step)));
    }

    @AfterEach
    void stop() {
        node.close();
        server.close();
    }

    @Test
    void goingBackEndsAtTheNewestCheckpoint() {
        hold(1, snapshot.chunkIds());
        node.awaitComplete(1);
        apply(40, Set.copyOf(snapshot.chunkIds()));
        await().ignoreExceptionsInstanceOf(UncheckedIOException.class)
                .until(() -> checkpoints() == snapshot.chunkIds().size());
        for (int restart = 0; restart < 6; restart++) {
            Epoch oldest = keeper().epochs().oldest().epoch();
            keeper().rewind(oldest.digest());
            chain.rewind(oldest);
            node.close();
            node = open();
            node.awaitComplete(1);
            assertThat(keeper().epochs().head().epoch()).as("seed %d", SEED).isEqualTo(oldest);
            snapshot.chunkIds().forEach(id -> assertHolds(id, oldest));
        }
        apply(WINDOW, Set.copyOf(snapshot.chunkIds()));
        snapshot.chunkIds().forEach(id -> assertHolds(id, chain.head()));
    }

    @Test
    void aChunkIsNotServedWithoutItsDeltas() {
        for (int behind : new int[] {2, 2 * WINDOW}) {
            List<ChunkId> some = snapshot.chunkIds().subList(0, 3);
            hold(behind, some);
            node.awaitComplete(1);
            apply(behind, Set.copyOf(some));
            hold(behind + 1, snapshot.chunkIds());
            node.awaitProblem(1, "Another replica must give");
            some.forEach(id -> assertHolds(id, chain.head()));
            snapshot.chunkIds().stream().skip(3).forEach(id -> assertAbsentOrRight(id, chain.head()));
            node.close();
            node = open();
            node.awaitProblem(1, "Another replica must give");
            snapshot.chunkIds().stream().skip(3).forEach(id -> assertAbsentOrRight(id, chain.head()));
        }
    }

    /** The chain goes back, behind a delta whose piece of the chunk is not here, just when the chunk comes in. */
    @Test
    void aChunkDoesNotEnterWhereWhatItLacksMustBeUndone() throws IOException, InterruptedException {
        ChunkId late = snapshot.chunkIds().getFirst();
        List<ChunkId> others =
                snapshot.chunkIds().subList(1, snapshot.chunkIds().size());
        hold(1, others);
        node.awaitComplete(1);
        apply(3, Set.copyOf(others));
        apply(2, Set.copyOf(snapshot.chunkIds()));
        Epoch fork = chain.epochs().get(1);
        AtomicReference<String> refusal = new AtomicReference<>("");
        EpochKeeper keeper = keeper();
        Thread enters = enterAtTheHead(late, refusal);
        synchronized (keeper) {
            enters.start();
            await().until(() -> enters.getState() == Thread.State.BLOCKED);
            chain.rewind(fork);
            keeper.rewind(fork.digest());
            apply(2, Set.copyOf(snapshot.chunkIds()));
        }
        enters.join();
        assertThat(refusal.get()).as("seed %d", SEED).contains("without its rows");
    }

    private Thread enterAtTheHead(ChunkId id, AtomicReference<String> refusal) throws IOException {
        Epoch head = chain.head();
        Path file = folder.resolve("late");
        Files.write(file, chain.chunk(head, id));
        ChunkGeometry geometry =
                snapshot.manifest().table(id.table()).orElseThrow().geometry();
        ChunkMemory memory = ChunkReader.read(
                file, geometry.rowBytes(), geometry.rows(id.index()), Sha256.of(chain.chunk(head, id)), node.memory());
        SegmentGeometry segments = SegmentGeometry.of(geometry, node.memory().segmentBytes());
        return Thread.ofPlatform().unstarted(() -> {
            try {
                keeper().enter(id, segments, memory, head);
            } catch (MorphogenException refused) {
                memory.release();
                refusal.set(refused.explain());
            }
        });
    }

    @Test
    void aDeltaNeedsThePiecesOfAllChunksInMemory() {
        hold(1, snapshot.chunkIds());
        node.awaitComplete(1);
        // As one that looked at what shall be held before a chunk was added.
        Set<ChunkId> before = Set.copyOf(snapshot.chunkIds().subList(0, 3));
        Epoch base = chain.head();
        var delta = chain.next(50);
        assertThatThrownBy(() -> keeper().apply(delta.only(before), before)).hasMessageContaining("missing");
        assertThat(keeper().epochs().head().epoch()).isEqualTo(base);
        keeper().apply(delta, before);
        snapshot.chunkIds().forEach(id -> assertHolds(id, chain.head()));
    }

    @Test
    void aChunkThatIsLetGoWhileItIsWrittenDoesNotKeepTheLogLong() throws InterruptedException {
        hold(1, snapshot.chunkIds());
        node.awaitComplete(1);
        CountDownLatch writing = new CountDownLatch(1);
        CountDownLatch letGo = new CountDownLatch(1);
        watch = step -> {
            if (step == StepWatch.Step.CHECKPOINT_NAMED && letGo.getCount() > 0) {
                writing.countDown();
                awaitUninterrupted(letGo);
            }
        };
        apply(20, Set.copyOf(snapshot.chunkIds()));
        writing.await();
        List<ChunkId> others =
                snapshot.chunkIds().subList(1, snapshot.chunkIds().size());
        hold(2, others);
        letGo.countDown();
        node.awaitComplete(1);
        apply(100, Set.copyOf(others));
        await().ignoreExceptionsInstanceOf(IOException.class)
                .ignoreExceptionsInstanceOf(UncheckedIOException.class)
                .until(() -> logBytes() < 6 * LOG_BYTES);
        others.forEach(id -> assertHolds(id, chain.head()));
    }

    @Test
    void theWindowStaysWhileAChunkComesThatNeedsLess() throws InterruptedException {
        ChunkId late = snapshot.chunkIds().getFirst();
        Set<ChunkId> wide = Set.of(snapshot.chunkIds().getLast());
        GenerationFolder empty = new GenerationFolder(folder.resolve("empty"));
        empty.create();
        EpochSettings settings = new EpochSettings(WINDOW, 64 << 20, LOG_BYTES, StepWatch.NONE);
        CountDownLatch shortened = new CountDownLatch(1);
        try (EpochKeeper keeper = EpochKeeper.open(
                snapshot.base(), snapshot.manifest(), empty, settings, (what, problem) -> shortened.countDown())) {
            keeper.start();
            for (int block = 0; block < 20; block++) {
                keeper.apply(chain.next(100), wide);
            }
            try (EpochKeeper.Arrival arrival = keeper.arrival(late)) {
                assertThat(arrival.oldest())
                        .as("the test's premise")
                        .isGreaterThan(keeper.epochs().oldest().number() + 2);
                keeper.complete(true);
                shortened.await();
            }
        }
        assertThat(empty.path().resolve("deltas-0000000001.log")).doesNotExist();
        try (EpochKeeper keeper =
                EpochKeeper.open(snapshot.base(), snapshot.manifest(), empty, settings, (what, problem) -> {})) {
            assertThat(keeper.epochs().window()).hasSize(WINDOW);
        }
    }

    private static void awaitUninterrupted(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private long logBytes() throws IOException {
        long sum = 0;
        for (Path file : files(".log")) {
            sum += Files.size(file);
        }
        return sum;
    }

    private void hold(long version, List<ChunkId> chunks) {
        node.generations().hold(1, snapshot.wish(0, 1, version, chunks, server.endpoint()));
    }

    private void apply(int blocks, Set<ChunkId> held) {
        for (int block = 0; block < blocks; block++) {
            keeper().apply(chain.next(20), held);
        }
    }

    private EpochKeeper keeper() {
        return node.generations().find(1).orElseThrow().keeper().orElseThrow();
    }

    private void assertHolds(ChunkId id, Epoch epoch) {
        try (Timeline.Pin pin = keeper().epochs().pin(epoch.number(), epoch.mark())) {
            assertThat(keeper().digest(id, pin.epoch()).map(Bytes32::hex))
                    .as("chunk %s at %s, seed %d", id, epoch, SEED)
                    .contains(Sha256.of(chain.chunk(epoch, id)));
        }
    }

    private void assertAbsentOrRight(ChunkId id, Epoch epoch) {
        if (node.generations().find(1).orElseThrow().chunk(id).isPresent()) {
            assertHolds(id, epoch);
        }
    }

    private long checkpoints() throws IOException {
        return files(".checkpoint").size();
    }

    private List<Path> files(String suffix) throws IOException {
        try (Stream<Path> all = Files.walk(folder.resolve("node"))) {
            return all.filter(path -> path.toString().endsWith(suffix)).toList();
        }
    }
}
