package org.morphogen.coordinator.transfer;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.Failures;
import org.morphogen.failure.MorphogenException;
import org.morphogen.protocol.v1.FetchRequest;
import org.morphogen.protocol.v1.FilePiece;
import org.morphogen.protocol.v1.SnapshotServiceGrpc;
import org.morphogen.snapshot.Manifest;
import org.morphogen.snapshot.SnapshotDigest;
import org.morphogen.snapshot.SnapshotDirectory;
import org.morphogen.transport.Caller;

/**
 * Hands out snapshot files: manifests and dictionaries to anybody, chunks to processes of this party alone. Nodes and
 * others have separate numbers of transfers at once, so that strangers cannot keep nodes from their chunks; each
 * transfer holds one piece in memory. Thread-safe.
 */
public final class SnapshotEndpoint extends SnapshotServiceGrpc.SnapshotServiceImplBase {
    /** Transfers at once to processes of this party. */
    public static final int MAX_PARTY_TRANSFERS = 64;

    /** Transfers at once to anybody else. */
    public static final int MAX_OPEN_TRANSFERS = 64;

    private final SnapshotLibrary library;
    private final Supplier<Caller> caller;
    private final Semaphore partyTransfers;
    private final Semaphore openTransfers;

    /** Serves {@code library}. */
    public SnapshotEndpoint(SnapshotLibrary library) {
        this(library, Caller::current, MAX_PARTY_TRANSFERS, MAX_OPEN_TRANSFERS);
    }

    SnapshotEndpoint(SnapshotLibrary library, Supplier<Caller> caller, int maxPartyTransfers, int maxOpenTransfers) {
        this.library = library;
        this.caller = caller;
        this.partyTransfers = new Semaphore(maxPartyTransfers);
        this.openTransfers = new Semaphore(maxOpenTransfers);
    }

    @Override
    public void fetch(FetchRequest request, StreamObserver<FilePiece> reply) {
        try {
            Caller who = caller.get();
            Semaphore transfers = who == Caller.PARTY_MEMBER ? partyTransfers : openTransfers;
            if (!transfers.tryAcquire()) {
                throw new MorphogenException(
                        FailureReason.BUSY, "This coordinator sends as many files at once as it may.");
            }
            try {
                start(request, who, (ServerCallStreamObserver<FilePiece>) reply, transfers);
            } catch (RuntimeException refused) {
                transfers.release();
                throw refused;
            }
        } catch (MorphogenException failure) {
            reply.onError(Failures.toStatus(failure));
        }
    }

    private void start(
            FetchRequest request, Caller who, ServerCallStreamObserver<FilePiece> reply, Semaphore transfers) {
        SnapshotDirectory snapshot =
                library.find(SnapshotDigest.of(request.getSnapshotDigest().toByteArray()));
        Path path = snapshot.path(request.getFile());
        if (who != Caller.PARTY_MEMBER && !isOpen(snapshot, request.getFile())) {
            throw new MorphogenException(FailureReason.NOT_ALLOWED, "Chunks are for processes of this party alone.");
        }
        FileChannel file = open(snapshot.folder(), path, request);
        Thread.ofVirtual().name("send-file").start(new FilePump(file, request.getOffset(), reply, transfers::release));
    }

    private static boolean isOpen(SnapshotDirectory snapshot, String file) {
        return file.equals(Manifest.FILE)
                || snapshot.manifest().tables().stream()
                        .flatMap(table -> table.dictionary().stream())
                        .anyMatch(dictionary -> dictionary.file().equals(file));
    }

    /** A link in a snapshot from elsewhere must not hand out what lies beside it, such as this process's keys. */
    private static void requireWithin(Path folder, Path path, String name) throws IOException {
        if (!path.toRealPath().startsWith(folder.toRealPath()) || !Files.isRegularFile(path)) {
            throw new MorphogenException(
                    FailureReason.SNAPSHOT_INVALID, name + " is not a file within the snapshot's folder.");
        }
    }

    /** The file, open, once the offset is known to lie within it. */
    private static FileChannel open(Path folder, Path path, FetchRequest request) {
        try {
            requireWithin(folder, path, request.getFile());
            FileChannel file = FileChannel.open(path, StandardOpenOption.READ);
            long totalBytes = file.size();
            if (request.getOffset() < 0 || request.getOffset() > totalBytes) {
                file.close();
                throw new MorphogenException(
                        FailureReason.REQUEST_INVALID,
                        "offset: " + Long.toUnsignedString(request.getOffset()) + " is beyond the file's " + totalBytes
                                + " bytes.",
                        Map.of("totalBytes", Long.toString(totalBytes)));
            }
            return file;
        } catch (NoSuchFileException missing) {
            throw new MorphogenException(
                    FailureReason.SNAPSHOT_INVALID, request.getFile() + " is missing on the coordinator's disk.");
        } catch (IOException unreadable) {
            throw new MorphogenException(
                    FailureReason.STORAGE_FAILED, request.getFile() + " cannot be read.", Map.of(), unreadable);
        }
    }
}
