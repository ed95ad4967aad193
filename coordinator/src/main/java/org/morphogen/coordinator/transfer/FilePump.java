package org.morphogen.coordinator.transfer;

import com.google.protobuf.UnsafeByteOperations;
import io.grpc.stub.ServerCallStreamObserver;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.time.Duration;
import java.util.Map;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.Failures;
import org.morphogen.failure.MorphogenException;
import org.morphogen.protocol.v1.FilePiece;
import org.morphogen.transport.Limits;

/**
 * Sends one file from an offset to its end, piece by piece as the reader takes them: one piece in memory, the rest is
 * gRPC's flow control. A reader that takes nothing for {@link #LONGEST_STALL} loses the call.
 */
final class FilePump implements Runnable {
    static final Duration LONGEST_STALL = Duration.ofSeconds(60);

    private final FileChannel file;
    private final ServerCallStreamObserver<FilePiece> reader;
    private final Runnable done;
    private final Object turn = new Object();
    private long offset;

    /**
     * Must be made in the call's own method. The pump owns {@code file} from now on.
     *
     * @param offset 0 to the file's length
     * @param done run once when the call is over, however it ends
     */
    FilePump(FileChannel file, long offset, ServerCallStreamObserver<FilePiece> reader, Runnable done) {
        this.file = file;
        this.offset = offset;
        this.reader = reader;
        this.done = done;
        reader.setOnReadyHandler(this::wake);
        reader.setOnCancelHandler(this::wake);
    }

    /** Blocks until the call is over; to be run on a virtual thread. */
    @Override
    public void run() {
        try (file) {
            pump();
        } catch (MorphogenException failure) {
            reader.onError(Failures.toStatus(failure));
        } catch (IOException unreadable) {
            reader.onError(Failures.toStatus(new MorphogenException(
                    FailureReason.STORAGE_FAILED, "The snapshot file cannot be read.", Map.of(), unreadable)));
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        } finally {
            done.run();
        }
    }

    private void pump() throws IOException, InterruptedException {
        long totalBytes = file.size();
        do {
            awaitReader();
            if (reader.isCancelled()) {
                return;
            }
            FilePiece piece = next(totalBytes);
            offset += piece.getData().size();
            reader.onNext(piece);
        } while (offset < totalBytes);
        reader.onCompleted();
    }

    private FilePiece next(long totalBytes) throws IOException {
        ByteBuffer data = ByteBuffer.allocate((int) Math.min(Limits.MAX_PIECE_BYTES, totalBytes - offset));
        while (data.hasRemaining()) {
            if (file.read(data, offset + data.position()) < 0) {
                throw new MorphogenException(
                        FailureReason.SNAPSHOT_INVALID, "The snapshot file became shorter while it was sent.");
            }
        }
        return FilePiece.newBuilder()
                .setOffset(offset)
                .setData(UnsafeByteOperations.unsafeWrap(data.flip()))
                .setTotalBytes(totalBytes)
                .build();
    }

    private void awaitReader() throws InterruptedException {
        long untilNanos = System.nanoTime() + LONGEST_STALL.toNanos();
        synchronized (turn) {
            while (!reader.isReady() && !reader.isCancelled()) {
                long leftMillis = (untilNanos - System.nanoTime()) / 1_000_000;
                if (leftMillis <= 0) {
                    throw new MorphogenException(
                            FailureReason.DEADLINE_PASSED,
                            "The reader took nothing for " + LONGEST_STALL.toSeconds() + " s.");
                }
                turn.wait(leftMillis);
            }
        }
    }

    private void wake() {
        synchronized (turn) {
            turn.notifyAll();
        }
    }
}
