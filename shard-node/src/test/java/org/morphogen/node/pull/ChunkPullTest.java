package org.morphogen.node.pull;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.morphogen.node.fixture.Fault;
import org.morphogen.node.fixture.FullDisk;
import org.morphogen.node.fixture.MadeSnapshot;
import org.morphogen.node.fixture.SnapshotServer;
import org.morphogen.node.fixture.TableSpec;
import org.morphogen.protocol.v1.FetchRequest;
import org.morphogen.snapshot.ChunkId;
import org.morphogen.transport.Endpoint;
import org.morphogen.transport.TlsSettings;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class ChunkPullTest {
    private static final ChunkId CHUNK = new ChunkId("t", 0, 0);

    @TempDir
    private Path folder;

    private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
    private MadeSnapshot snapshot;
    private SnapshotServer server;
    private ChunkPull.Target target;

    @BeforeEach
    void serveSnapshot() {
        snapshot = MadeSnapshot.make(folder.resolve("snapshot"), 2, new TableSpec("t", 64, 1, 1024, 1024));
        server = new SnapshotServer(snapshot.folder());
        Path complete = folder.resolve("node").resolve(CHUNK.fileName());
        target = new ChunkPull.Target(
                CHUNK.fileName(),
                snapshot.bytes(),
                snapshot.entry(CHUNK).sha256(),
                complete.resolveSibling("chunk.part"),
                complete);
    }

    @AfterEach
    void stop() {
        server.close();
        executor.shutdownNow();
    }

    @Test
    void pullsAChunk() {
        pull(server.endpoint());

        assertComplete();
    }

    @Test
    void goesOnWhereACutConnectionStopped() {
        server.misbehave(request -> request.getOffset() == 0 ? Fault.CUT : Fault.NONE);

        assertThatThrownBy(() -> pull(server.endpoint())).isInstanceOf(MorphogenException.class);
        assertThat(target.part()).hasSize(snapshot.bytes() / 2);
        pull(server.endpoint());

        assertComplete();
        assertThat(server.requestsFor(".rows"))
                .extracting(FetchRequest::getOffset)
                .containsExactly(0L, snapshot.bytes() / 2);
    }

    @Test
    void goesOnFromThePartFileOfAnEarlierRun() throws IOException {
        writePart(Arrays.copyOf(snapshot.chunk(CHUNK), 5000));

        pull(server.endpoint());

        assertComplete();
        assertThat(server.requestsFor(".rows"))
                .extracting(FetchRequest::getOffset)
                .containsExactly(5000L);
    }

    @Test
    void asksForNothingWhenThePartFileIsWhole() throws IOException {
        writePart(snapshot.chunk(CHUNK));

        pull(server.endpoint());

        assertComplete();
        assertThat(server.requestsFor(".rows")).isEmpty();
    }

    @Test
    void startsOverWhenThePartFileHasWrongBytes() throws IOException {
        writePart(new byte[5000]);

        pull(server.endpoint());

        assertComplete();
        assertThat(server.requestsFor(".rows"))
                .extracting(FetchRequest::getOffset)
                .containsExactly(5000L, 0L);
    }

    @Test
    void startsOverWhenThePartFileIsTooLong() throws IOException {
        writePart(new byte[(int) snapshot.bytes() + 1]);

        pull(server.endpoint());

        assertComplete();
    }

    @Test
    void startsOverOnceWhenTheSourceCorruptedAByte() {
        AtomicInteger calls = new AtomicInteger();
        server.misbehave(request -> calls.incrementAndGet() == 1 ? Fault.CORRUPT : Fault.NONE);

        pull(server.endpoint());

        assertComplete();
        assertThat(calls).hasValue(2);
    }

    @Test
    void givesUpOnASourceThatCorruptsTwice() {
        server.misbehave(request -> Fault.CORRUPT);

        assertThatThrownBy(() -> pull(server.endpoint()))
                .isInstanceOfSatisfying(
                        MorphogenException.class,
                        failure -> assertThat(failure.reason()).isEqualTo(FailureReason.PARTY_MISBEHAVES))
                .hasMessageContaining(server.endpoint().toString())
                .hasMessageContaining(CHUNK.fileName())
                .hasMessageContaining("checksum");
        assertThat(server.requestsFor(".rows")).hasSize(2);
        assertThat(target.complete()).doesNotExist();
    }

    @ParameterizedTest
    @EnumSource(
            value = Fault.class,
            names = {"TOO_LONG", "TOO_SHORT", "WRONG_TOTAL", "GAP", "OVERLAP", "EMPTY_PIECES"})
    void refusesPiecesThatDoNotMakeTheFile(Fault fault) {
        server.misbehave(request -> fault);

        assertThatThrownBy(() -> pull(server.endpoint()))
                .isInstanceOfSatisfying(
                        MorphogenException.class,
                        failure -> assertThat(failure.reason()).isEqualTo(FailureReason.PARTY_MISBEHAVES))
                .hasMessageContaining(server.endpoint().toString())
                .hasMessageContaining(CHUNK.fileName());
        assertThat(target.complete()).doesNotExist();
        server.misbehave(request -> Fault.NONE);
        pull(server.endpoint());
        assertComplete();
    }

    @ParameterizedTest
    @EnumSource(
            value = Fault.class,
            names = {"CUT", "CORRUPT", "TOO_LONG", "TOO_SHORT", "GAP", "REFUSE"})
    void turnsToTheNextSource(Fault fault) {
        try (SnapshotServer bad = new SnapshotServer(snapshot.folder())) {
            bad.misbehave(request -> fault);

            pull(new Endpoint("127.0.0.1", 1), bad.endpoint(), server.endpoint());
        }
        assertComplete();
    }

    @Test
    void tellsWhatAFullDiskLacksAndKeepsWhatIsThere() {
        FullDisk full = new FullDisk(10_000);

        assertThatThrownBy(() -> pull(full, server.endpoint()))
                .isInstanceOfSatisfying(
                        MorphogenException.class,
                        failure -> assertThat(failure.reason()).isEqualTo(FailureReason.STORAGE_FAILED))
                .hasMessageContaining("missing " + snapshot.bytes() + " bytes")
                .hasMessageContaining(target.part().toString())
                .hasMessageContaining("No space left on device");
        assertThat(target.part()).hasSize(8192);
        pull(server.endpoint());
        assertComplete();
        assertThat(server.requestsFor(".rows"))
                .last()
                .extracting(FetchRequest::getOffset)
                .isEqualTo(8192L);
    }

    @Test
    void stopsACallThatFellSilent() {
        try (SnapshotSources sources = sources(server.endpoint())) {
            server.misbehave(request -> {
                sleepLong();
                return Fault.NONE;
            });

            assertThatThrownBy(() -> ManifestPull.pull(sources, Duration.ofMillis(50)))
                    .isInstanceOfSatisfying(
                            MorphogenException.class,
                            failure -> assertThat(failure.reason()).isEqualTo(FailureReason.DEADLINE_PASSED));
        }
    }

    @Test
    void refusesTheManifestOfAnotherSnapshot() {
        MadeSnapshot other = MadeSnapshot.make(folder.resolve("other"), 3, new TableSpec("t", 64, 1, 1024, 1024));
        try (SnapshotServer wrong = new SnapshotServer(other.folder());
                SnapshotSources wrongAlone = sources(wrong.endpoint());
                SnapshotSources both = sources(wrong.endpoint(), server.endpoint())) {
            assertThatThrownBy(() -> ManifestPull.pull(wrongAlone, Duration.ofSeconds(10)))
                    .hasMessageContaining("not of snapshot " + snapshot.digest().brief())
                    .hasMessageContaining(wrong.endpoint().toString());
            assertThat(ManifestPull.pull(both, Duration.ofSeconds(10)))
                    .isEqualTo(Files.readAllBytes(snapshot.folder().resolve("manifest.json")));
        } catch (IOException unreadable) {
            throw new AssertionError(unreadable);
        }
    }

    @Test
    void backoffDoublesUpToItsLongest() {
        Backoff backoff = new Backoff(Duration.ofMillis(10), Duration.ofMillis(35));

        assertThat(List.of(1, 2, 3, 1000))
                .extracting(n -> backoff.after(n).toMillis())
                .containsExactly(10L, 20L, 35L, 35L);
    }

    private static void sleepLong() {
        try {
            TimeUnit.SECONDS.sleep(20);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private void writePart(byte[] bytes) throws IOException {
        Files.createDirectories(target.part().getParent());
        Files.write(target.part(), bytes);
    }

    private void pull(Endpoint... from) {
        pull(DiskPartFile::open, from);
    }

    private void pull(PartFile.Opener opener, Endpoint... from) {
        try (SnapshotSources sources = sources(from)) {
            new ChunkPull(sources, opener).pull(target);
        }
    }

    private SnapshotSources sources(Endpoint... from) {
        return SnapshotSources.open(snapshot.digest(), List.of(from), TlsSettings.NONE, executor);
    }

    private void assertComplete() {
        assertThat(target.complete()).hasBinaryContent(snapshot.chunk(CHUNK));
        assertThat(target.part()).doesNotExist();
    }
}
