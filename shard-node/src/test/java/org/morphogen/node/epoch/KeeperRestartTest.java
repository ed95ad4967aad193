package org.morphogen.node.epoch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.morphogen.epoch.Delta;
import org.morphogen.epoch.Epoch;
import org.morphogen.node.fixture.Chain;
import org.morphogen.node.fixture.Holder;
import org.morphogen.node.fixture.MadeSnapshot;
import org.morphogen.node.fixture.SnapshotServer;
import org.morphogen.node.fixture.TableSpec;
import org.morphogen.node.generation.GenerationProgress;
import org.morphogen.node.pull.DiskPartFile;
import org.morphogen.row.Bytes32;
import org.morphogen.snapshot.ChunkId;
import org.morphogen.snapshot.Sha256;

/** What a node knows again after it was started anew: the log, checkpoints, torn ends and damage. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class KeeperRestartTest {
    private static final long SEED = Long.getLong("morphogen.seed", 20261122);
    private static final int WINDOW = 6;
    private static final long MEMORY = 64L << 20;

    @TempDir
    private Path folder;

    private final SplittableRandom random = new SplittableRandom(SEED);
    private EpochSettings settings = new EpochSettings(WINDOW, 64 << 20, 64 << 20, StepWatch.NONE);
    private MadeSnapshot snapshot;
    private Chain chain;
    private Holder node;

    @BeforeEach
    void start() {
        snapshot = MadeSnapshot.make(
                folder.resolve("snapshot"),
                SEED,
                new TableSpec("narrow", 32, 3, 1280, 256),
                new TableSpec("wide", 1024, 1, 1024, 1024, 2));
        chain = new Chain(snapshot, random);
        node = open();
        try (SnapshotServer server = new SnapshotServer(snapshot.folder())) {
            node.generations().hold(1, snapshot.wish(0, 1, server.endpoint()));
            node.awaitComplete(1);
        }
    }

    private Holder open() {
        return new Holder(0, folder.resolve("node"), MEMORY, DiskPartFile::open, settings);
    }

    @AfterEach
    void stop() {
        node.close();
    }

    private void restart() {
        node.close();
        node = open();
    }

    @Test
    void acknowledgedEpochsAreThereAgain() {
        for (int round = 0; round < 4; round++) {
            apply(5);
            restart();
            node.awaitComplete(1);
            assertHoldsTheWindow();
        }
    }

    @Test
    void aReorganisationIsRememberedToo() {
        apply(WINDOW);
        for (int round = 0; round < 4; round++) {
            Epoch fork = chain.epochs().get(chain.epochs().size() - 3);
            chain.rewind(fork);
            keeper().rewind(fork.digest());
            if (round % 2 == 0) {
                apply(4);
            }
            restart();
            node.awaitComplete(1);
            assertThat(keeper().epochs().head().epoch()).isEqualTo(chain.head());
            assertHolds(chain.head());
            apply(4);
        }
    }

    @Test
    void checkpointsKeepTheLogShort() throws IOException {
        settings = new EpochSettings(WINDOW, 64 << 20, 200 << 10, StepWatch.NONE);
        restart();
        node.awaitComplete(1);
        long most = 0;
        for (int block = 0; block < 150; block++) {
            keeper().apply(chain.next(20), held());
            if (block % 10 == 9) {
                await().until(() -> logBytes() < 600 << 10);
            }
            most = Math.max(most, logBytes());
        }
        assertThat(most).isLessThan(1 << 20);
        assertThat(files(".checkpoint")).hasSameSizeAs(snapshot.chunkIds());
        assertThat(files(".rows"))
                .as("files of the snapshot that nothing needs")
                .isEmpty();
        assertHoldsTheWindow();
        restart();
        node.awaitComplete(1);
        assertHoldsTheWindow();
    }

    /** The window's deltas alone are longer than the log may be. */
    @Test
    void aLongWindowDoesNotMakeEveryBlockWriteAllChunks() throws InterruptedException {
        AtomicInteger written = new AtomicInteger();
        settings = new EpochSettings(20, 64 << 20, 2 << 20, step -> {
            if (step == StepWatch.Step.CHECKPOINT_NAMED) {
                written.incrementAndGet();
            }
        });
        restart();
        node.awaitComplete(1);
        long logBytes = 0;
        for (int block = 0; block < 60; block++) {
            Delta delta = chain.next(200);
            logBytes += delta.entryBytes() + 4096;
            keeper().apply(delta, held());
            // Time to write chunks, if there is a reason.
            Thread.sleep(block < 20 ? 0 : 50);
        }
        assertThat(keeper().kept().deltaBytes()).as("the test's premise").isGreaterThan(2 << 20);
        long rounds = logBytes / (2 << 20) + 1;
        assertThat((long) written.get()).isLessThanOrEqualTo(rounds * held().size());
        assertHoldsTheWindow();
    }

    @Test
    void aTornEndIsCutOffAndTheRestServed() throws IOException {
        apply(4);
        node.close();
        Path log = files(".log").getLast();
        byte[] whole = Files.readAllBytes(log);
        node = open();
        node.awaitComplete(1);
        apply(1);
        node.close();
        byte[] longer = Files.readAllBytes(log);
        Epoch before = chain.epochs().get(chain.epochs().size() - 2);
        for (int i = 0; i < 12; i++) {
            int cut = whole.length + random.nextInt(longer.length - whole.length);
            Files.write(log, Arrays.copyOf(longer, cut));
            node = open();
            node.awaitComplete(1);
            assertThat(keeper().epochs().head().epoch())
                    .as("cut at %d, seed %d", cut, SEED)
                    .isEqualTo(before);
            assertHolds(before);
            node.close();
            assertThat(Files.size(log)).isEqualTo(whole.length);
        }
        Files.write(log, longer);
        node = open();
        node.awaitComplete(1);
        assertHoldsTheWindow();
    }

    @Test
    void damageBeforeTheEndIsToldAndNothingServed() throws IOException {
        apply(6);
        node.close();
        Path log = files(".log").getLast();
        byte[] sound = Files.readAllBytes(log);
        for (int i = 0; i < 8; i++) {
            byte[] damaged = sound.clone();
            damaged[16 + random.nextInt(sound.length / 2)] ^= (byte) (1 << random.nextInt(8));
            Files.write(log, damaged);
            node = open();
            node.awaitProblem(1, "damaged");
            assertThat(node.generations().find(1).orElseThrow().keeper()).isEmpty();
            assertThat(Files.readAllBytes(log)).as("nothing is thrown away").isEqualTo(damaged);
            node.close();
        }
        Files.write(log, sound);
        node = open();
        node.awaitComplete(1);
        assertHoldsTheWindow();
    }

    @Test
    void aDamagedCheckpointIsToldAndNotServed() throws IOException {
        settings = new EpochSettings(WINDOW, 64 << 20, 100 << 10, StepWatch.NONE);
        restart();
        node.awaitComplete(1);
        apply(40);
        await().until(() -> files(".checkpoint").size() == snapshot.chunkIds().size());
        node.close();
        Path file = files(".checkpoint").getFirst();
        try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
            long at = random.nextLong(bytes.length());
            bytes.seek(at);
            int old = bytes.read();
            bytes.seek(at);
            bytes.write(old ^ 1);
        }
        node = open();
        node.awaitProblem(1, ".checkpoint");
        GenerationProgress progress = node.progress(1);
        assertThat(progress.complete()).isFalse();
        assertThat(progress.problem()).contains("Check the disk");
        assertThat(file).exists();
    }

    @Test
    void aDeltaThatTheDiskDoesNotTakeIsNotAcknowledged() {
        apply(2);
        Epoch before = chain.head();
        Delta lost = chain.next(10);
        chain.rewind(before);
        node.close();
        AtomicBoolean full = new AtomicBoolean(true);
        settings = new EpochSettings(WINDOW, 64 << 20, 64 << 20, step -> {
            if (step == StepWatch.Step.LOG_WRITTEN && full.get()) {
                throw new FullDiskError();
            }
        });
        node = open();
        node.awaitComplete(1);
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> keeper().apply(lost, held())).isInstanceOf(FullDiskError.class);
            assertThat(keeper().epochs().head().epoch()).isEqualTo(before);
        }
        assertHolds(before);
        full.set(false);
        apply(2);
        restart();
        node.awaitComplete(1);
        assertHoldsTheWindow();
    }

    @Test
    void dictionariesThatTheLogNoLongerTellsAreInAFile() throws IOException {
        settings = new EpochSettings(WINDOW, 64 << 20, 100 << 10, StepWatch.NONE);
        restart();
        node.awaitComplete(1);
        apply(60);
        await().until(() -> !files(".grown").isEmpty() && logBytes() < 300 << 10);
        node.close();
        Path file = files(".grown").getFirst();
        byte[] sound = Files.readAllBytes(file);
        byte[] damaged = sound.clone();
        damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
        Files.write(file, damaged);
        node = open();
        node.awaitProblem(1, "dictionaries.grown is damaged");
        node.close();
        Files.delete(file);
        node = open();
        node.awaitProblem(1, "no longer tells what was added to dictionaries");
        node.close();
        Files.write(file, sound);
        node = open();
        node.awaitComplete(1);
        assertHoldsTheWindow();
    }

    private static final class FullDiskError extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    private void apply(int blocks) {
        for (int block = 0; block < blocks; block++) {
            keeper().apply(chain.next(20), held());
        }
    }

    private Set<ChunkId> held() {
        return Set.copyOf(snapshot.chunkIds());
    }

    private EpochKeeper keeper() {
        return node.generations().find(1).orElseThrow().keeper().orElseThrow();
    }

    private void assertHoldsTheWindow() {
        assertThat(keeper().epochs().head().epoch()).isEqualTo(chain.head());
        List<Epoch> all = chain.epochs();
        List<Epoch> window = all.subList(Math.max(0, all.size() - settings.windowEpochs()), all.size());
        assertThat(keeper().epochs().window().reversed().stream().map(KnownEpoch::epoch))
                .isEqualTo(window);
        window.forEach(this::assertHolds);
    }

    private void assertHolds(Epoch epoch) {
        try (Timeline.Pin pin = keeper().epochs().pin(epoch.number(), epoch.mark())) {
            for (ChunkId id : snapshot.chunkIds()) {
                assertThat(keeper().digest(id, pin.epoch()).map(Bytes32::hex))
                        .as("chunk %s at %s, seed %d", id, epoch, SEED)
                        .contains(Sha256.of(chain.chunk(epoch, id)));
            }
        }
        assertThat(node.addedCodes(1, "wide", epoch))
                .as("dictionary at %s, seed %d", epoch, SEED)
                .isEqualTo(chain.codes(epoch, "wide"));
    }

    private long logBytes() throws IOException {
        long sum = 0;
        for (Path file : files(".log")) {
            sum += sizeOrZero(file);
        }
        return sum;
    }

    private static long sizeOrZero(Path file) throws IOException {
        try {
            return Files.size(file);
        } catch (NoSuchFileException gone) {
            return 0;
        }
    }

    /** Files come and go while we look. */
    private List<Path> files(String suffix) throws IOException {
        while (true) {
            try (Stream<Path> all = Files.walk(folder.resolve("node"))) {
                return all.filter(path -> path.toString().endsWith(suffix))
                        .sorted()
                        .toList();
            } catch (UncheckedIOException gone) {
                assertThat(gone).hasCauseInstanceOf(NoSuchFileException.class);
            }
        }
    }
}
