package org.morphogen.node.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.morphogen.node.chunk.ChunkLease;
import org.morphogen.node.epoch.EpochSpan;
import org.morphogen.node.epoch.LiveChunk;
import org.morphogen.node.fixture.Fault;
import org.morphogen.node.fixture.Holder;
import org.morphogen.node.fixture.MadeSnapshot;
import org.morphogen.node.fixture.SnapshotServer;
import org.morphogen.node.fixture.TableSpec;
import org.morphogen.snapshot.ChunkId;
import org.morphogen.transport.Endpoint;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class HeldGenerationsTest {
    private static final long MEMORY_BYTES = 1 << 20;
    private static final long TERM = 5;

    @TempDir
    private Path folder;

    private MadeSnapshot snapshot;
    private SnapshotServer server;
    private Holder node;

    @BeforeEach
    void startNode() {
        snapshot = MadeSnapshot.make(
                folder.resolve("snapshot"),
                4,
                new TableSpec("a", 32, 3, 640, 256),
                new TableSpec("b", 128, 2, 384, 128));
        server = new SnapshotServer(snapshot.folder());
        node = start();
    }

    @AfterEach
    void stop() {
        node.close();
        server.close();
    }

    @Test
    void holdsWhatItIsTold() {
        node.generations().hold(TERM, snapshot.wish(0, 1, server.endpoint()));
        node.awaitComplete(1);

        assertHoldsAllRows();
        assertThat(node.progress(1))
                .isEqualTo(new GenerationProgress(
                        snapshot.wish(0, 1, server.endpoint()),
                        true,
                        snapshot.chunkIds().size(),
                        snapshot.bytes(),
                        snapshot.bytes(),
                        "",
                        Optional.of(new EpochSpan(snapshot.base(), snapshot.base())),
                        false));
        assertThat(node.budget().usedBytes()).isEqualTo(snapshot.bytes());
    }

    @Test
    void writesOnlyTheChunksThatItShallHold() throws IOException {
        ChunkId wanted = new ChunkId("a", 1, 2);
        node.generations().hold(TERM, snapshot.wish(0, 1, 1, List.of(wanted), server.endpoint()));
        node.awaitComplete(1);

        try (var files = Files.walk(folder.resolve("node"))) {
            assertThat(files.filter(Files::isRegularFile)
                            .map(f -> folder.resolve("node").relativize(f).toString()))
                    .containsExactlyInAnyOrder(
                            "lock",
                            "term.json",
                            "generations/0000000001/held.json",
                            "generations/0000000001/manifest.json",
                            "generations/0000000001/" + wanted.fileName());
        }
    }

    @Test
    void loadsFromDiskWithoutAnybody() {
        node.generations().hold(TERM, snapshot.wish(0, 1, server.endpoint()));
        node.awaitComplete(1);
        server.close();

        restart();
        node.awaitComplete(1);

        assertHoldsAllRows();
    }

    @Test
    void finishesAfterARestartWhatWasCutBefore() {
        server.misbehave(request -> request.getFile().endsWith(".rows") ? Fault.CUT : Fault.NONE);
        node.generations().hold(TERM, snapshot.wish(0, 1, server.endpoint()));
        node.awaitProblem(1, "cut");
        server.misbehave(request -> Fault.NONE);

        restart();
        node.awaitComplete(1);

        assertHoldsAllRows();
    }

    @Test
    void pullsACorruptedChunkAgainAndNeverServesIt() throws IOException {
        ChunkId corrupted = new ChunkId("a", 2, 1);
        node.generations().hold(TERM, snapshot.wish(0, 1, server.endpoint()));
        node.awaitComplete(1);
        flipBit(node.directory().generation(1).chunkFile(corrupted));
        server.misbehave(request -> Fault.REFUSE);

        restart();
        node.awaitProblem(1, "chunk " + corrupted);
        await().until(() ->
                node.progress(1).chunksReady() == snapshot.chunkIds().size() - 1);
        assertThat(node.generations().find(1).orElseThrow().chunk(corrupted)).isEmpty();
        server.misbehave(request -> Fault.NONE);
        node.awaitComplete(1);

        assertHoldsAllRows();
        assertThat(node.progress(1).problem()).isEmpty();
    }

    @Test
    void pullsACorruptedManifestAgain() throws IOException {
        node.generations().hold(TERM, snapshot.wish(0, 1, server.endpoint()));
        node.awaitComplete(1);
        flipBit(node.directory().generation(1).manifestFile());

        restart();
        node.awaitComplete(1);

        assertHoldsAllRows();
    }

    @Test
    void leavesADamagedWishToTheLeader() throws IOException {
        node.generations().hold(TERM, snapshot.wish(0, 1, server.endpoint()));
        node.awaitComplete(1);
        int pulledBefore = server.requestsFor(".rows").size();
        Files.writeString(node.directory().generation(1).wishFile(), "{\"format\":");

        restart();
        assertThat(node.generations().numbers()).isEmpty();
        node.generations().hold(TERM, snapshot.wish(0, 1, server.endpoint()));
        node.awaitComplete(1);

        assertHoldsAllRows();
        assertThat(server.requestsFor(".rows")).hasSize(pulledBefore);
    }

    @Test
    void refusesAnOlderTermAlsoAfterARestart() {
        node.generations().hold(TERM, snapshot.wish(0, 1, server.endpoint()));

        restart();

        assertThatThrownBy(() -> node.generations().drop(TERM - 1, 0, 1))
                .isInstanceOfSatisfying(MorphogenException.class, failure -> {
                    assertThat(failure.reason()).isEqualTo(FailureReason.STALE_TERM);
                    assertThat(failure.facts()).containsEntry("term", Long.toString(TERM));
                });
        assertRefused(
                FailureReason.STALE_TERM,
                "term",
                () -> node.generations().hold(TERM - 1, snapshot.wish(0, 1, server.endpoint())));
        assertRefused(FailureReason.STALE_TERM, "term", () -> node.generations().requireTerm(TERM - 1));
        assertThat(node.generations().numbers()).containsExactly(1L);
    }

    @Test
    void refusesWhatDoesNotFitItsMemory() {
        node.close();
        node = new Holder(0, folder.resolve("node"), snapshot.bytes() - 1);

        assertThatThrownBy(() -> node.generations().hold(TERM, snapshot.wish(0, 1, server.endpoint())))
                .isInstanceOfSatisfying(MorphogenException.class, failure -> {
                    assertThat(failure.reason()).isEqualTo(FailureReason.CAPACITY_LACKING);
                    assertThat(failure.facts())
                            .containsEntry("neededBytes", Long.toString(snapshot.bytes()))
                            .containsEntry("limitBytes", Long.toString(snapshot.bytes() - 1));
                });
        assertThat(node.generations().numbers()).isEmpty();
        restart();
        assertThat(node.generations().numbers()).isEmpty();
    }

    @Test
    void countsOtherGenerationsAgainstItsMemory() {
        node.close();
        node = new Holder(0, folder.resolve("node"), snapshot.bytes() + 64);
        node.generations().hold(TERM, snapshot.wish(0, 1, server.endpoint()));
        node.awaitComplete(1);

        assertRefused(
                FailureReason.CAPACITY_LACKING,
                "memory",
                () -> node.generations().hold(TERM, snapshot.wish(0, 2, server.endpoint())));
        node.generations().drop(TERM, 0, 1);
        node.generations().hold(TERM, snapshot.wish(0, 2, server.endpoint()));
        node.awaitComplete(2);
    }

    @Test
    void tellsLaterWhatItCouldNotCheckAtOnce() {
        node.close();
        node = new Holder(0, folder.resolve("node"), snapshot.bytes() - 1);
        server.misbehave(request -> Fault.REFUSE);
        node.generations().hold(TERM, snapshot.wish(0, 1, server.endpoint()));
        node.awaitProblem(1, "manifest");
        server.misbehave(request -> Fault.NONE);

        node.awaitProblem(1, "memory");
    }

    @Test
    void refusesWishesThatContradictTheOneItHas() {
        HoldWish wish = snapshot.wish(0, 1, 3, snapshot.chunkIds(), server.endpoint());
        node.generations().hold(TERM, wish);
        List<ChunkId> fewer = snapshot.chunkIds().subList(0, 2);
        MadeSnapshot other = MadeSnapshot.make(folder.resolve("other"), 9, new TableSpec("a", 32, 3, 640, 256));

        assertRefused(
                FailureReason.REQUEST_INVALID,
                "assignment_version",
                () -> node.generations().hold(TERM, snapshot.wish(0, 1, 2, fewer, server.endpoint())));
        assertRefused(
                FailureReason.REQUEST_INVALID,
                "chunks",
                () -> node.generations().hold(TERM, snapshot.wish(0, 1, 3, fewer, server.endpoint())));
        assertRefused(
                FailureReason.REQUEST_INVALID,
                "snapshot_digest",
                () -> node.generations().hold(TERM, other.wish(0, 1, 4, other.chunkIds(), server.endpoint())));
        assertRefused(
                FailureReason.REQUEST_INVALID,
                "party",
                () -> node.generations().hold(TERM, snapshot.wish(1, 1, server.endpoint())));
        assertRefused(
                FailureReason.REQUEST_INVALID, "party", () -> node.generations().drop(TERM, 1, 1));
        assertRefused(
                FailureReason.REQUEST_INVALID,
                "no chunk zz/0/0",
                () -> node.generations()
                        .hold(TERM, snapshot.wish(0, 2, 1, List.of(new ChunkId("zz", 0, 0)), server.endpoint())));
        assertRefused(
                FailureReason.REQUEST_INVALID,
                "no chunk a/3/0",
                () -> node.generations()
                        .hold(TERM, snapshot.wish(0, 2, 1, List.of(new ChunkId("a", 3, 0)), server.endpoint())));
        assertThat(node.progress(1).wish()).isEqualTo(wish);
        node.awaitComplete(1);
    }

    @Test
    void followsANewerAssignment() {
        List<ChunkId> first = snapshot.chunkIds().subList(0, 4);
        List<ChunkId> second = snapshot.chunkIds().subList(2, 6);
        node.generations().hold(TERM, snapshot.wish(0, 1, 1, first, server.endpoint()));
        node.awaitComplete(1);

        node.generations().hold(TERM, snapshot.wish(0, 1, 2, second, server.endpoint()));
        node.awaitComplete(1);

        HeldGeneration held = node.generations().find(1).orElseThrow();
        assertThat(held.chunk(first.getFirst())).isEmpty();
        assertThat(node.budget().usedBytes()).isEqualTo(node.progress(1).bytesWanted());
        assertThat(node.directory().generation(1).chunkFile(first.getFirst())).doesNotExist();
        assertThat(server.requestsFor(first.get(2).fileName())).hasSize(1);
    }

    @Test
    void takesNewSourcesUnderTheSameAssignment() {
        node.generations().hold(TERM, snapshot.wish(0, 1, new Endpoint("127.0.0.1", 1)));
        node.awaitProblem(1, "manifest");

        node.generations().hold(TERM, snapshot.wish(0, 1, server.endpoint()));
        node.awaitComplete(1);

        assertHoldsAllRows();
    }

    @Test
    void dropFreesMemoryAndDisk() {
        node.generations().hold(TERM, snapshot.wish(0, 1, server.endpoint()));
        node.awaitComplete(1);

        node.generations().drop(TERM, 0, 1);
        node.generations().drop(TERM, 0, 1);

        assertThat(node.generations().numbers()).isEmpty();
        assertThat(node.budget().usedBytes()).isZero();
        assertThat(node.directory().generation(1).path()).doesNotExist();
    }

    @Test
    void dropWhileLoadingLeavesNothingBehind() {
        server.misbehave(request -> request.getFile().endsWith(".rows") ? Fault.CUT : Fault.NONE);
        node.generations().hold(TERM, snapshot.wish(0, 1, server.endpoint()));
        node.awaitProblem(1, "cut");

        node.generations().drop(TERM, 0, 1);

        assertThat(node.budget().usedBytes()).isZero();
        assertThat(node.directory().generation(1).path()).doesNotExist();
    }

    private Holder start() {
        return new Holder(0, folder.resolve("node"), MEMORY_BYTES);
    }

    private void restart() {
        node.close();
        node = start();
    }

    private void assertHoldsAllRows() {
        HeldGeneration held = node.generations().find(1).orElseThrow();
        for (ChunkId chunk : snapshot.chunkIds()) {
            try (ChunkLease lease = held.chunk(chunk).flatMap(LiveChunk::lease).orElseThrow()) {
                byte[] plain = snapshot.chunk(chunk);
                byte[] found = new byte[plain.length];
                lease.rows().read(0, lease.rows().rows(), found, 0);
                assertThat(found).as("rows of chunk %s", chunk).isEqualTo(plain);
            }
        }
    }

    private static void assertRefused(FailureReason reason, String what, ThrowingCallable call) {
        assertThatThrownBy(call)
                .hasMessageContaining(what)
                .isInstanceOfSatisfying(
                        MorphogenException.class,
                        failure -> assertThat(failure.reason()).isEqualTo(reason));
    }

    private static void flipBit(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] ^= 4;
        Files.write(file, bytes);
    }
}
