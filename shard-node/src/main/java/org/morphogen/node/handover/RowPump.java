package org.morphogen.node.handover;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.grpc.stub.ServerCallStreamObserver;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CancellationException;
import org.morphogen.epoch.DeltaCodec;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.Failures;
import org.morphogen.failure.MorphogenException;
import org.morphogen.node.chunk.ChunkLease;
import org.morphogen.node.epoch.ChunkAtEpoch;
import org.morphogen.node.epoch.Timeline;
import org.morphogen.protocol.v1.CopyEnd;
import org.morphogen.protocol.v1.CopyPart;
import org.morphogen.protocol.v1.CopyStart;
import org.morphogen.snapshot.Sha256;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends one chunk's rows as they were at an epoch, piece by piece as the taker takes them: two pieces in memory, the rest
 * is gRPC's flow control. A taker that takes nothing for {@link #LONGEST_STALL} loses the call.
 */
final class RowPump implements Runnable {
    static final Duration LONGEST_STALL = Duration.ofSeconds(60);

    private static final Logger LOG = LoggerFactory.getLogger(RowPump.class);

    private final ChunkAtEpoch chunk;
    private final ChunkLease lease;
    private final Timeline.Pin pin;
    private final ServerCallStreamObserver<CopyPart> taker;
    private final Runnable done;
    private final Object turn = new Object();
    private final MessageDigest digest = Sha256.digest();

    /**
     * Must be made in the call's own method. Owns lease and pin from now on.
     *
     * @param done run once when the call is over, however it ends
     */
    RowPump(
            ChunkAtEpoch chunk,
            ChunkLease lease,
            Timeline.Pin pin,
            ServerCallStreamObserver<CopyPart> taker,
            Runnable done) {
        this.chunk = chunk;
        this.lease = lease;
        this.pin = pin;
        this.taker = taker;
        this.done = done;
        taker.setOnReadyHandler(this::wake);
        taker.setOnCancelHandler(this::wake);
    }

    /** Blocks until the call is over; to be run on a virtual thread. */
    @Override
    public void run() {
        try (lease;
                pin) {
            pump();
        } catch (CancellationException goneTaker) {
            LOG.debug("Whoever took chunk {} over is gone", chunk.chunk().id());
        } catch (MorphogenException failure) {
            taker.onError(Failures.toStatus(failure));
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException | Error defect) {
            LOG.error("Chunk {} could not be given", chunk.chunk().id(), defect);
            taker.onError(Failures.toStatus(
                    new MorphogenException(FailureReason.INTERNAL, "The node failed at this; its log tells why.")));
        } finally {
            done.run();
        }
    }

    private void pump() throws InterruptedException {
        send(CopyPart.newBuilder()
                .setStart(CopyStart.newBuilder()
                        .setEpoch(DeltaCodec.write(chunk.epoch().epoch()))
                        .setTotalBytes(chunk.bytes()))
                .build());
        chunk.forEachPiece(lease.rows(), this::send);
        send(CopyPart.newBuilder()
                .setEnd(CopyEnd.newBuilder().setSha256(ByteString.copyFrom(digest.digest())))
                .build());
        taker.onCompleted();
    }

    private void send(byte[] piece, int bytes) throws InterruptedException {
        digest.update(piece, 0, bytes);
        // The piece is used again while the message is on its way.
        byte[] data = Arrays.copyOf(piece, bytes);
        send(CopyPart.newBuilder()
                .setData(UnsafeByteOperations.unsafeWrap(data))
                .build());
    }

    private void send(CopyPart part) throws InterruptedException {
        awaitTaker();
        taker.onNext(part);
    }

    private void awaitTaker() throws InterruptedException {
        long untilNanos = System.nanoTime() + LONGEST_STALL.toNanos();
        synchronized (turn) {
            while (!taker.isReady() && !taker.isCancelled()) {
                long leftMillis = (untilNanos - System.nanoTime()) / 1_000_000;
                if (leftMillis <= 0) {
                    throw new MorphogenException(
                            FailureReason.DEADLINE_PASSED,
                            "The node that asked took nothing for " + LONGEST_STALL.toSeconds() + " s.");
                }
                turn.wait(leftMillis);
            }
        }
        if (taker.isCancelled()) {
            throw new CancellationException();
        }
    }

    private void wake() {
        synchronized (turn) {
            turn.notifyAll();
        }
    }
}
