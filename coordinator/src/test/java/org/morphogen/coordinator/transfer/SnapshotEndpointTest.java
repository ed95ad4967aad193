package org.morphogen.coordinator.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.StatusRuntimeException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.morphogen.coordinator.TestSnapshots;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.Failures;
import org.morphogen.protocol.v1.FetchRequest;
import org.morphogen.protocol.v1.FilePiece;
import org.morphogen.protocol.v1.SnapshotServiceGrpc;
import org.morphogen.snapshot.Manifest;
import org.morphogen.snapshot.SnapshotDirectory;
import org.morphogen.transport.Caller;
import org.morphogen.transport.Endpoint;
import org.morphogen.transport.Limits;
import org.morphogen.transport.TlsSettings;
import org.morphogen.transport.Transport;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class SnapshotEndpointTest {
    /** Four MiB a chunk: several pieces. */
    private static final int CHUNK_ROWS = 1 << 17;

    private static final int MANY_PIECES = 32;

    private static final String CHUNK = "accounts/way-1/chunk-00002.rows";
    private static final String DICTIONARY = "accounts/code-hashes.bin";

    @TempDir
    Path directory;

    private SnapshotDirectory snapshot;
    private Server server;
    private ManagedChannel channel;
    private volatile Caller caller = Caller.PARTY_MEMBER;

    @BeforeEach
    void startServer() throws IOException {
        snapshot = TestSnapshots.write(directory, "first", 1, CHUNK_ROWS);
        server = Transport.server(
                        new Endpoint("127.0.0.1", 0),
                        TlsSettings.NONE,
                        List.of(new SnapshotEndpoint(new SnapshotLibrary(directory), () -> caller, 1, 1)),
                        List.of(),
                        Thread::startVirtualThread)
                .start();
        channel = Transport.channel(
                new Endpoint("127.0.0.1", server.getPort()), TlsSettings.NONE, Thread::startVirtualThread);
    }

    @AfterEach
    void stopServer() {
        channel.shutdownNow();
        server.shutdownNow();
    }

    @Test
    void sendsAWholeFileInPiecesOfBoundedSize() throws IOException {
        byte[] expected = Files.readAllBytes(snapshot.path(CHUNK));

        List<FilePiece> pieces = fetch(request(CHUNK, 0));

        assertThat(pieces).hasSize(4).allSatisfy(piece -> {
            assertThat(piece.getData().size()).isLessThanOrEqualTo(Limits.MAX_PIECE_BYTES);
            assertThat(piece.getTotalBytes()).isEqualTo(expected.length);
        });
        assertThat(joined(pieces)).isEqualTo(expected);
    }

    @Test
    void goesOnFromAnyOffset() throws IOException {
        byte[] expected = Files.readAllBytes(snapshot.path(CHUNK));
        for (int offset : new int[] {1, Limits.MAX_PIECE_BYTES, expected.length - 1}) {
            List<FilePiece> pieces = fetchWhenFree(request(CHUNK, offset));
            assertThat(pieces.getFirst().getOffset()).isEqualTo(offset);
            assertThat(joined(pieces))
                    .as("from " + offset)
                    .isEqualTo(Arrays.copyOfRange(expected, offset, expected.length));
        }
    }

    @Test
    void aLinkOutOfTheSnapshotIsNotFollowed(@TempDir Path elsewhere) throws IOException {
        Path secret = Files.write(elsewhere.resolve("key.pem"), new byte[] {1, 2, 3});
        Files.delete(snapshot.path(DICTIONARY));
        Files.createSymbolicLink(snapshot.path(DICTIONARY), secret);

        StatusRuntimeException refused =
                catchThrowableOfType(StatusRuntimeException.class, () -> fetch(request(DICTIONARY, 0)));

        assertThat(refused).isNotNull();
        assertThat(Failures.fromStatus("coordinator", refused).reason()).isEqualTo(FailureReason.SNAPSHOT_INVALID);
    }

    @Test
    void aLinkedSnapshotFolderIsServed(@TempDir Path elsewhere) throws IOException {
        SnapshotDirectory linked = TestSnapshots.write(elsewhere, "other", 2);
        Files.createSymbolicLink(directory.resolve("other"), linked.folder());

        List<FilePiece> pieces = fetch(FetchRequest.newBuilder()
                .setSnapshotDigest(ByteString.copyFrom(linked.digest().bytes()))
                .setFile(DICTIONARY)
                .build());

        assertThat(joined(pieces)).isEqualTo(Files.readAllBytes(linked.path(DICTIONARY)));
    }

    @Test
    void anOffsetAtTheEndGivesOneEmptyPieceAndBeyondItIsRefused() throws IOException {
        long bytes = Files.size(snapshot.path(CHUNK));

        List<FilePiece> pieces = fetch(request(CHUNK, bytes));

        assertThat(pieces).hasSize(1);
        assertThat(pieces.getFirst().getData()).isEmpty();
        assertThat(pieces.getFirst().getOffset()).isEqualTo(bytes);
        assertThat(failureWhenFree(request(CHUNK, bytes + 1))).isEqualTo(FailureReason.REQUEST_INVALID);
        assertThat(failureWhenFree(request(CHUNK, -1))).isEqualTo(FailureReason.REQUEST_INVALID);
    }

    @Test
    void servesNothingButWhatTheManifestLists() throws IOException {
        Files.writeString(directory.resolve("first/secret"), "not for you");
        for (String file :
                new String[] {"secret", "../first/manifest.json", "/etc/passwd", "", "accounts", CHUNK + "/"}) {
            assertThat(failureWhenFree(request(file, 0))).as(file).isEqualTo(FailureReason.SNAPSHOT_UNKNOWN);
        }
        FetchRequest unknown = FetchRequest.newBuilder()
                .setSnapshotDigest(ByteString.copyFrom(new byte[32]))
                .setFile(Manifest.FILE)
                .build();
        assertThat(failureWhenFree(unknown)).isEqualTo(FailureReason.SNAPSHOT_UNKNOWN);
        assertThat(failureWhenFree(unknown.toBuilder()
                        .setSnapshotDigest(ByteString.copyFrom(new byte[31]))
                        .build()))
                .isEqualTo(FailureReason.REQUEST_INVALID);
    }

    @Test
    void aStrangerGetsManifestAndDictionaryButNoChunk() throws IOException {
        caller = Caller.ANYBODY;

        assertThat(joined(fetch(request(Manifest.FILE, 0))))
                .isEqualTo(Files.readAllBytes(snapshot.path(Manifest.FILE)));
        assertThat(joined(fetchWhenFree(request(DICTIONARY, 0))))
                .isEqualTo(Files.readAllBytes(snapshot.path(DICTIONARY)));
        assertThat(failureWhenFree(request(CHUNK, 0))).isEqualTo(FailureReason.NOT_ALLOWED);
    }

    @Test
    void aReaderThatDoesNotReadHoldsItsPlaceAndAStrangersNone() throws IOException {
        lengthen(snapshot.path(CHUNK));
        ClientCall<FetchRequest, FilePiece> stalled =
                channel.newCall(SnapshotServiceGrpc.getFetchMethod(), CallOptions.DEFAULT);
        AtomicInteger received = new AtomicInteger();
        stalled.start(
                new ClientCall.Listener<>() {
                    @Override
                    public void onMessage(FilePiece piece) {
                        received.incrementAndGet();
                    }
                },
                new Metadata());
        stalled.request(1);
        stalled.sendMessage(request(CHUNK, 0));
        stalled.halfClose();
        await().atMost(20, TimeUnit.SECONDS).until(() -> received.get() == 1);

        assertThat(failure(request(CHUNK, 0))).isEqualTo(FailureReason.BUSY);
        caller = Caller.ANYBODY;
        assertThat(fetch(request(Manifest.FILE, 0))).isNotEmpty();
        caller = Caller.PARTY_MEMBER;
        stalled.cancel("enough", null);
        assertThat(fetchWhenFree(request(CHUNK, 0)))
                .as("the place is free again")
                .hasSize(MANY_PIECES);
    }

    @Test
    void findsASnapshotThatCameLater() {
        assertThat(fetch(request(Manifest.FILE, 0))).isNotEmpty();
        SnapshotDirectory later = TestSnapshots.write(directory, "later", 2);
        FetchRequest request = FetchRequest.newBuilder()
                .setSnapshotDigest(ByteString.copyFrom(later.digest().bytes()))
                .setFile(Manifest.FILE)
                .build();

        await().atMost(20, TimeUnit.SECONDS)
                .ignoreExceptions()
                .until(() -> !fetch(request).isEmpty());
    }

    /** Longer than the window to which a connection may grow. */
    private static void lengthen(Path file) throws IOException {
        try (RandomAccessFile longer = new RandomAccessFile(file.toFile(), "rw")) {
            longer.setLength((long) MANY_PIECES * Limits.MAX_PIECE_BYTES);
        }
    }

    private FetchRequest request(String file, long offset) {
        return FetchRequest.newBuilder()
                .setSnapshotDigest(ByteString.copyFrom(snapshot.digest().bytes()))
                .setFile(file)
                .setOffset(offset)
                .build();
    }

    private List<FilePiece> fetch(FetchRequest request) {
        List<FilePiece> pieces = new ArrayList<>();
        Iterator<FilePiece> stream =
                SnapshotServiceGrpc.newBlockingStub(channel).fetch(request);
        stream.forEachRemaining(pieces::add);
        return pieces;
    }

    /** A place is freed a moment after its call has ended. */
    private List<FilePiece> fetchWhenFree(FetchRequest request) {
        return await().atMost(20, TimeUnit.SECONDS).ignoreExceptions().until(() -> fetch(request), got -> true);
    }

    private FailureReason failureWhenFree(FetchRequest request) {
        return await().atMost(20, TimeUnit.SECONDS)
                .until(() -> failure(request), reason -> reason != FailureReason.BUSY);
    }

    private FailureReason failure(FetchRequest request) {
        try {
            throw new AssertionError("got " + fetch(request).size() + " pieces");
        } catch (StatusRuntimeException refused) {
            return Failures.fromStatus("fetch", refused).reason();
        }
    }

    private static byte[] joined(List<FilePiece> pieces) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (FilePiece piece : pieces) {
            assertThat(piece.getOffset()).isEqualTo(pieces.getFirst().getOffset() + bytes.size());
            bytes.writeBytes(piece.getData().toByteArray());
        }
        return bytes.toByteArray();
    }
}
