package org.morphogen.node.handover;

import io.grpc.stub.ServerCallStreamObserver;
import java.util.concurrent.Semaphore;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.morphogen.node.chunk.ChunkLease;
import org.morphogen.node.epoch.ChunkAtEpoch;
import org.morphogen.node.epoch.LiveChunk;
import org.morphogen.node.epoch.Timeline;
import org.morphogen.protocol.v1.CopyPart;

/**
 * Gives chunks to other replicas, each as it was at an epoch of the window, which stays known that long. Scanning and
 * merging go on. Bounded: {@link #MOST_AT_ONCE} at once, each with two MiB of rows on the heap. Thread-safe.
 */
public final class ChunkGiver {
    /** Chunks given at once. Two, so that little is taken from those who ask questions. */
    public static final int MOST_AT_ONCE = 2;

    private final Semaphore permits = new Semaphore(MOST_AT_ONCE);

    /**
     * Begins to send, and returns. To be called in the call's own method. Fails with BUSY, CHUNK_NOT_HELD or, when the
     * head is before what is wanted, EPOCH_OUTSIDE_WINDOW.
     *
     * @param from number of the oldest epoch that the taker can use; the oldest of the window that is not before it is
     *     given
     */
    public void give(LiveChunk chunk, Timeline epochs, long from, ServerCallStreamObserver<CopyPart> taker) {
        Timeline.Pin pin = epochs.pinOldestFrom(from).orElseThrow(epochs::outside);
        try {
            ChunkLease lease = chunk.lease().orElseThrow(() -> notHeld(chunk));
            try {
                start(new ChunkAtEpoch(chunk, pin.epoch()), lease, pin, taker);
            } catch (RuntimeException | Error refused) {
                lease.close();
                throw refused;
            }
        } catch (RuntimeException | Error refused) {
            pin.close();
            throw refused;
        }
    }

    private void start(
            ChunkAtEpoch chunk, ChunkLease lease, Timeline.Pin pin, ServerCallStreamObserver<CopyPart> taker) {
        if (!permits.tryAcquire()) {
            throw new MorphogenException(
                    FailureReason.BUSY, "This node gives " + MOST_AT_ONCE + " chunks already, as many as it may.");
        }
        try {
            Thread.ofVirtual().name("give-chunk").start(new RowPump(chunk, lease, pin, taker, permits::release));
        } catch (RuntimeException | Error notBegun) {
            permits.release();
            throw notBegun;
        }
    }

    private static MorphogenException notHeld(LiveChunk chunk) {
        return new MorphogenException(
                FailureReason.CHUNK_NOT_HELD, "chunk: this node holds chunk " + chunk.id() + " no more.");
    }
}
