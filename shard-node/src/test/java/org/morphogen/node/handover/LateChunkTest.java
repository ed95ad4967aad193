package org.morphogen.node.handover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.morphogen.epoch.Epoch;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.morphogen.node.epoch.CheckpointFile;
import org.morphogen.node.epoch.StepWatch;
import org.morphogen.node.fixture.DonorProxy;
import org.morphogen.node.fixture.Fault;
import org.morphogen.node.fixture.QueryNode;
import org.morphogen.snapshot.ChunkId;

/** Chunks that come to a node which is at the head already: it was told of them late, or their files are damaged. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class LateChunkTest {
    private static final long SEED = Long.getLong("morphogen.seed", 20261203);

    /** From the last epoch on whose pieces of late chunks are not here. */
    private static final int WINDOW_AFTERWARDS = 5;

    @TempDir
    private Path folder;

    private final SplittableRandom random = new SplittableRandom(SEED);
    private Pair pair;
    private List<ChunkId> first;

    @BeforeEach
    void start() {
        pair = new Pair(folder, SEED);
        first = pair.snapshot().chunkIds().subList(0, 5);
    }

    @AfterEach
    void stop() {
        pair.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3 * Pair.WINDOW})
    void aNodeTakesOnMoreChunks(int behind) {
        pair.hold(1, first);
        pair.taker().holder().awaitComplete(1);
        pair.line().blocks(behind, pair.donorKeeper(), pair.takerKeeper());
        pair.hold(2, pair.snapshot().chunkIds());
        pair.awaitWanting();
        pair.line().blocks(2, pair.donorKeeper(), pair.takerKeeper());
        first.forEach(
                id -> pair.assertHolds(pair.taker(), id, pair.line().chain().head()));
        pair.recover(pair.line().donors(pair.donor().endpoint()));
        pair.line().blocks(2, pair.donorKeeper(), pair.takerKeeper());
        pair.awaitComplete();
        pair.assertHoldsItsWindow(pair.taker(), Math.min(5, Pair.WINDOW));
        pair.line().blocks(3, pair.donorKeeper(), pair.takerKeeper());
        pair.stopTaker();
        pair.startTaker();
        pair.awaitComplete();
        pair.assertHoldsItsWindow(pair.taker(), 1);
    }

    @Test
    void chunksThatNoSourceGivesHoldUpNoneThatAReplicaGives() throws IOException {
        pair.hold(1, first);
        pair.taker().holder().awaitComplete(1);
        pair.line().blocks(3, pair.donorKeeper(), pair.takerKeeper());
        pair.stopTaker();
        for (Path file : pair.takerFiles(".rows")) {
            Files.delete(file);
        }
        pair.server().misbehave(request -> request.getFile().endsWith(".rows") ? Fault.REFUSE : Fault.NONE);
        pair.startTaker();
        pair.hold(2, pair.snapshot().chunkIds());
        pair.recover(pair.line().donors(pair.donor().endpoint()));
        int late = pair.snapshot().chunkIds().size() - first.size();
        await().until(() -> pair.status().getChunksReady() == late);
        pair.server().misbehave(request -> Fault.NONE);
        pair.awaitComplete();
        Epoch head = pair.line().chain().head();
        pair.snapshot().chunkIds().forEach(id -> pair.assertHolds(pair.taker(), id, head));
    }

    @Test
    void theLogStaysShortWhileAChunkIsWanted() throws IOException {
        pair.hold(1, first);
        pair.taker().holder().awaitComplete(1);
        pair.line().blocks(3, pair.donorKeeper(), pair.takerKeeper());
        pair.hold(2, pair.snapshot().chunkIds());
        pair.awaitWanting();
        pair.outgrowTheLog(pair.takerKeeper());
        assertThat(pair.takerFiles("0000000001.log")).isEmpty();
        pair.recover(pair.line().donors(pair.donor().endpoint()));
        pair.awaitComplete();
        pair.assertHoldsItsWindow(pair.taker(), Pair.WINDOW);
    }

    @Test
    void damagedCheckpointsAreTakenFromAnother() throws IOException {
        pair.holdSnapshot();
        pair.outgrowTheLog(pair.takerKeeper());
        pair.stopTaker();
        List<Path> files = pair.takerFiles(".checkpoint");
        for (int i = 0; i < files.size(); i += 2) {
            try (RandomAccessFile file = new RandomAccessFile(files.get(i).toFile(), "rw")) {
                long at = random.nextLong(file.length());
                file.seek(at);
                int old = file.read();
                file.seek(at);
                file.write(old ^ (1 << random.nextInt(8)));
            }
        }
        pair.startTaker();
        pair.awaitWanting();
        // The sound ones are served, whatever is with the others.
        pair.taker().holder().awaitProblem(1, "Check the disk");
        int sound = files.size() / 2;
        await().until(() -> pair.status().getChunksReady() == sound);
        pair.line().blocks(3, pair.donorKeeper(), pair.takerKeeper());
        pair.recover(pair.line().donors(pair.donor().endpoint()));
        pair.awaitComplete();
        pair.assertHoldsItsWindow(pair.taker(), Pair.WINDOW);
        pair.stopTaker();
        pair.startTaker();
        pair.awaitComplete();
        pair.assertHoldsItsWindow(pair.taker(), 1);
    }

    /** The chunk comes at an epoch that is no more when it is here, or at one that still is. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4})
    void theChainGoesBackWhileAChunkComes(int back) throws InterruptedException {
        pair.hold(1, first);
        pair.taker().holder().awaitComplete(1);
        pair.line().blocks(10, pair.donorKeeper(), pair.takerKeeper());
        pair.hold(2, pair.snapshot().chunkIds());
        pair.awaitWanting();
        // Pieces of late chunks are here from the first of these on.
        pair.line().blocks(2, pair.donorKeeper(), pair.takerKeeper());
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        AtomicBoolean held = new AtomicBoolean();
        try (DonorProxy proxy = new DonorProxy(pair.donor().endpoint())) {
            proxy.tamper((index, part, to) -> {
                if (index == 1 && held.compareAndSet(false, true)) {
                    begun.countDown();
                    awaitUninterrupted(goOn);
                }
                to.onNext(part);
            });
            pair.recover(pair.line().donors(proxy.endpoint()));
            begun.await();
            Epoch left = pair.line().chain().head();
            pair.line().back(back, pair.donorKeeper());
            boolean followed = goesBack(pair.line().chain().head());
            pair.line().blocks(3, pair.donorKeeper());
            if (!followed) {
                pair.recover(
                        pair.line().anew(pair.donorKeeper(), left, pair.donor().endpoint()));
            }
            pair.line().catchUp(pair.takerKeeper());
            goOn.countDown();
            pair.awaitComplete();
            // The last two blocks came with the pieces of all chunks.
            assertThat(followed || back > 2).as("back %d, seed %d", back, SEED).isTrue();
        }
        Epoch head = pair.line().chain().head();
        pair.snapshot().chunkIds().forEach(id -> pair.assertHolds(pair.taker(), id, head));
        pair.line().blocks(2, pair.donorKeeper(), pair.takerKeeper());
        pair.stopTaker();
        pair.startTaker();
        settle();
        pair.assertHoldsItsWindow(pair.taker(), 1);
    }

    @Test
    void aChunkThatStandsOnDiskAtAnEpochThatIsUndoneIsWrittenAnew() {
        standsAtAnEpochThatIsUndone();
        await().until(() -> pair.takerFiles(".checkpoint").stream()
                .map(CheckpointFile::standing)
                .allMatch(pair.line().chain().epochs()::contains));
        pair.donor().close();
        pair.stopTaker();
        pair.startTaker();
        pair.awaitComplete();
        pair.assertHoldsItsWindow(pair.taker(), WINDOW_AFTERWARDS);
    }

    /** It comes from another replica again, and the others can be asked for all that they could. */
    @Test
    void aFileOfAnEpochThatIsUndoneDoesNotShortenTheWindow() {
        standsAtAnEpochThatIsUndone(step -> {
            if (step == StepWatch.Step.CHECKPOINT_BEGUN) {
                throw new MorphogenException(FailureReason.STORAGE_FAILED, "No space is left.");
            }
        });
        pair.taker().holder().awaitProblem(1, "No space");
        pair.stopTaker();
        pair.watch(StepWatch.NONE);
        pair.startTaker();
        pair.awaitWanting();
        assertThat(pair.takerKeeper().epochs().window()).hasSizeGreaterThanOrEqualTo(WINDOW_AFTERWARDS);
        pair.recover(pair.line().donors(pair.donor().endpoint()));
        pair.awaitComplete();
        pair.assertHoldsItsWindow(pair.taker(), WINDOW_AFTERWARDS);
    }

    private void standsAtAnEpochThatIsUndone() {
        standsAtAnEpochThatIsUndone(StepWatch.NONE);
    }

    /** Some chunks come from a node that knows the head alone, and then the chain goes back. */
    private void standsAtAnEpochThatIsUndone(StepWatch afterwards) {
        pair.hold(1, first);
        pair.taker().holder().awaitComplete(1);
        pair.line().blocks(10, pair.donorKeeper(), pair.takerKeeper());
        pair.hold(2, pair.snapshot().chunkIds());
        pair.awaitWanting();
        // From the first of these on, pieces of all chunks are here.
        pair.line().blocks(3, pair.donorKeeper(), pair.takerKeeper());
        try (QueryNode second = pair.another("second")) {
            pair.bringToHead(second, pair.line().chain().head());
            pair.recover(pair.line().donors(second.endpoint()));
            pair.awaitComplete();
        }
        pair.watch(afterwards);
        pair.line().back(2, pair.donorKeeper(), pair.takerKeeper());
        pair.line().blocks(3, pair.donorKeeper(), pair.takerKeeper());
    }

    /** While the node stops loading, it takes a block, or hears of another leader, and that counts. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void anOrderThatWasOvertakenWhileTheNodeStoppedThrowsNothingAway(boolean anotherLeads) throws InterruptedException {
        CountDownLatch stopping = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        stallTaking(stopping, goOn);
        var order = pair.line()
                .anew(
                        pair.donorKeeper(),
                        pair.line().chain().head(),
                        pair.donor().endpoint());
        try (ExecutorService caller = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<?> refused = caller.submit(() -> pair.recover(order));
            stopping.await();
            if (anotherLeads) {
                pair.taker().holder().generations().requireTerm(2);
                pair.line().lead(2);
            } else {
                pair.line().blocks(1, pair.donorKeeper(), pair.takerKeeper());
            }
            goOn.countDown();
            assertThatThrownBy(refused::get).hasMessageContaining(anotherLeads ? "term" : "not where it was found");
        }
        pair.watch(StepWatch.NONE);
        pair.recover(pair.line().donors(pair.donor().endpoint()));
        assertHoldsAllAtTheHead();
    }

    /** The disk does not answer for longer than the node waits for it. */
    @Test
    @Tag("long")
    void aNodeThatCouldNotStopLoadingGoesOn() throws InterruptedException {
        CountDownLatch stopping = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        stallTaking(stopping, goOn);
        var order = pair.line()
                .anew(
                        pair.donorKeeper(),
                        pair.line().chain().head(),
                        pair.donor().endpoint());
        assertThatThrownBy(() -> pair.recover(order)).hasMessageContaining("still being loaded");
        stopping.await();
        pair.watch(StepWatch.NONE);
        goOn.countDown();
        assertHoldsAllAtTheHead();
    }

    /** The first chunk that comes late stays on its way, even when the node is told to stop. */
    private void stallTaking(CountDownLatch stopping, CountDownLatch goOn) throws InterruptedException {
        pair.hold(1, first);
        pair.taker().holder().awaitComplete(1);
        pair.line().blocks(3, pair.donorKeeper(), pair.takerKeeper());
        pair.hold(2, pair.snapshot().chunkIds());
        pair.awaitWanting();
        CountDownLatch begun = new CountDownLatch(1);
        pair.watch(step -> {
            if (step == StepWatch.Step.CHECKPOINT_BEGUN) {
                begun.countDown();
                while (goOn.getCount() > 0) {
                    try {
                        goOn.await();
                    } catch (InterruptedException told) {
                        stopping.countDown();
                    }
                }
            }
        });
        pair.recover(pair.line().donors(pair.donor().endpoint()));
        begun.await();
    }

    private void assertHoldsAllAtTheHead() {
        pair.awaitComplete();
        Epoch head = pair.line().chain().head();
        assertThat(pair.takerKeeper().epochs().head().epoch()).isEqualTo(head);
        pair.snapshot().chunkIds().forEach(id -> pair.assertHolds(pair.taker(), id, head));
    }

    /** False where a late chunk is here already whose rows of then are not known. */
    private boolean goesBack(Epoch to) {
        try {
            pair.takerKeeper().rewind(to.digest());
            return true;
        } catch (MorphogenException refused) {
            assertThat(refused.reason()).isEqualTo(FailureReason.EPOCH_MISMATCH);
            return false;
        }
    }

    /** As a leader does: a file that stands at an epoch that is no more is of no use, and the chunk is taken again. */
    private void settle() {
        pair.recover(pair.line().donors(pair.donor().endpoint()));
        pair.awaitComplete();
    }

    private static void awaitUninterrupted(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }
}
