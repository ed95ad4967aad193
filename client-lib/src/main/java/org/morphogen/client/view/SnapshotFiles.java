package org.morphogen.client.view;

import com.google.protobuf.ByteString;
import io.grpc.Deadline;
import io.grpc.ManagedChannel;
import java.util.Iterator;
import java.util.concurrent.TimeUnit;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.morphogen.protocol.v1.FetchRequest;
import org.morphogen.protocol.v1.FilePiece;
import org.morphogen.protocol.v1.SnapshotServiceGrpc;
import org.morphogen.snapshot.Sha256;
import org.morphogen.snapshot.SnapshotDigest;

/** Fetches public files of a party's snapshot, going on at another coordinator where one broke off. Thread-safe. */
final class SnapshotFiles {
    private static final int FRUITLESS_ROUNDS = 3;

    private final Coordinators coordinators;
    private final SnapshotDigest snapshot;

    SnapshotFiles(Coordinators coordinators, SnapshotDigest snapshot) {
        this.coordinators = coordinators;
        this.snapshot = snapshot;
    }

    /**
     * The whole file, whose SHA-256 must be {@code sha256} (64 hex digits), or PARTY_MISBEHAVES.
     *
     * @param mostBytes a longer file is refused before it is read
     */
    byte[] fetch(String file, String sha256, long mostBytes, Deadline deadline) {
        PartialFile partial = new PartialFile(coordinators, file, mostBytes);
        Backoff backoff = new Backoff();
        int fruitless = 0;
        for (int attempt = 0; !partial.isWhole(); attempt++) {
            long before = partial.offset();
            try {
                coordinators.ask(coordinators.inTurn(attempt), channel -> readOn(channel, file, partial, deadline));
            } catch (MorphogenException failed) {
                fruitless = partial.offset() > before ? 0 : fruitless + 1;
                boolean enough =
                        fruitless >= FRUITLESS_ROUNDS * coordinators.endpoints().size();
                if (!Coordinators.passes(failed.reason()) || enough || deadline.isExpired()) {
                    throw failed;
                }
                coordinators.pause(backoff, deadline);
            }
        }
        byte[] bytes = partial.bytes();
        if (!Sha256.of(bytes).equals(sha256)) {
            throw coordinators.misbehaves("its " + file + " does not have the SHA-256 that names it");
        }
        return bytes;
    }

    private PartialFile readOn(ManagedChannel channel, String file, PartialFile partial, Deadline deadline) {
        FetchRequest request = FetchRequest.newBuilder()
                .setSnapshotDigest(ByteString.copyFrom(snapshot.bytes()))
                .setFile(file)
                .setOffset(partial.offset())
                .build();
        Iterator<FilePiece> pieces = SnapshotServiceGrpc.newBlockingStub(channel)
                .withDeadlineAfter(Math.max(1, deadline.timeRemaining(TimeUnit.MILLISECONDS)), TimeUnit.MILLISECONDS)
                .fetch(request);
        // Not until the stream ends: a coordinator that leaves it open would use up the time for the other files.
        while (!partial.isWhole() && pieces.hasNext()) {
            partial.accept(pieces.next());
        }
        if (!partial.isWhole()) {
            throw new MorphogenException(
                    FailureReason.UNAVAILABLE,
                    "Party " + coordinators.party() + ": " + file + " ended early, after " + partial.offset()
                            + " bytes.");
        }
        return partial;
    }
}
