package org.morphogen.node.pull;

import com.google.protobuf.ByteString;
import io.grpc.Context;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Iterator;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.Failures;
import org.morphogen.failure.MorphogenException;
import org.morphogen.protocol.v1.FetchRequest;
import org.morphogen.protocol.v1.FilePiece;
import org.morphogen.protocol.v1.SnapshotServiceGrpc;
import org.morphogen.snapshot.SnapshotDigest;
import org.morphogen.transport.Endpoint;

/** One coordinator that serves the snapshot. Thread-safe; its calls block. */
final class SnapshotSource implements AutoCloseable {
    private final Endpoint endpoint;
    private final Supplier<ManagedChannel> opener;
    private @Nullable ManagedChannel channel;
    private boolean closed;

    /** Opens its channel when it is first asked for a file, so that a source which is never needed costs nothing. */
    SnapshotSource(Endpoint endpoint, Supplier<ManagedChannel> opener) {
        this.endpoint = endpoint;
        this.opener = opener;
    }

    /** For messages: the endpoint. */
    String name() {
        return endpoint.toString();
    }

    /**
     * Streams {@code file} from {@code offset} to its end into {@code sink}, every piece checked. What the sink took
     * before a failure is good to keep. A call that lasts longer than {@code longest} is cut (and can be resumed), so
     * that a source that fell silent does not hold the puller for ever.
     *
     * @throws IOException from the sink
     */
    void fetch(SnapshotDigest snapshot, WantedFile file, long offset, Duration longest, Sink sink) throws IOException {
        FetchRequest request = FetchRequest.newBuilder()
                .setSnapshotDigest(ByteString.copyFrom(snapshot.bytes()))
                .setFile(file.name())
                .setOffset(offset)
                .build();
        Context.CancellableContext call = Context.current().withCancellation();
        Context outer = call.attach();
        try {
            consume(
                    SnapshotServiceGrpc.newBlockingStub(channel())
                            .withDeadlineAfter(longest.toMillis(), TimeUnit.MILLISECONDS)
                            .fetch(request),
                    file,
                    offset,
                    sink);
        } catch (StatusRuntimeException broken) {
            throw Failures.fromStatus("Snapshot source " + endpoint + ", " + file.name(), broken);
        } finally {
            call.detach(outer);
            call.cancel(null);
        }
    }

    private void consume(Iterator<FilePiece> pieces, WantedFile file, long from, Sink sink) throws IOException {
        long offset = from;
        long total = -1;
        while (pieces.hasNext()) {
            FilePiece piece = pieces.next();
            file.check(name(), offset, piece);
            if (total >= 0 && piece.getTotalBytes() != total) {
                throw file.misbehaves(name(), "changed its mind about the length");
            }
            total = piece.getTotalBytes();
            sink.take(piece.getData().asReadOnlyByteBuffer());
            offset += piece.getData().size();
        }
        if (offset != total) {
            throw file.misbehaves(name(), "ended the file at " + offset + " bytes");
        }
    }

    private synchronized ManagedChannel channel() {
        if (closed) {
            throw new MorphogenException(FailureReason.UNAVAILABLE, "Pulling from " + endpoint + " was stopped.");
        }
        if (channel == null) {
            channel = opener.get();
        }
        return channel;
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (channel != null) {
            channel.shutdownNow();
        }
    }

    /** Takes the file's bytes in order. */
    @FunctionalInterface
    interface Sink {
        void take(ByteBuffer data) throws IOException;
    }
}
