package org.morphogen.node.handover;

import com.google.protobuf.ByteString;
import io.grpc.Context;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.time.Duration;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.morphogen.epoch.DeltaCodec;
import org.morphogen.epoch.Epoch;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.Failures;
import org.morphogen.failure.MorphogenException;
import org.morphogen.node.epoch.CheckpointWriter;
import org.morphogen.node.epoch.EpochKeeper;
import org.morphogen.protocol.v1.ChunkRef;
import org.morphogen.protocol.v1.CopyPart;
import org.morphogen.protocol.v1.CopyRequest;
import org.morphogen.protocol.v1.CopyStart;
import org.morphogen.protocol.v1.NodeControlServiceGrpc;
import org.morphogen.snapshot.ChunkId;
import org.morphogen.transport.Limits;

/** One call to a donor, and what it sends, all of it checked. Closing it ends the call. Not thread-safe; it blocks. */
final class SentCopy implements AutoCloseable {
    /** Longest time for one chunk; its epoch stays known at both ends that long. */
    private static final Duration LONGEST_CALL = Duration.ofMinutes(30);

    private final String who;
    private final Context.CancellableContext call;
    private final Iterator<CopyPart> parts;

    private SentCopy(String who, Context.CancellableContext call, Iterator<CopyPart> parts) {
        this.who = who;
        this.call = call;
        this.parts = parts;
    }

    /** Begins; {@code who} is for messages: the donor and what it gives. */
    static SentCopy ask(ManagedChannel channel, String who, CopyRequest request) {
        Context.CancellableContext call = Context.current().withCancellation();
        Context outer = call.attach();
        try {
            return new SentCopy(
                    who,
                    call,
                    NodeControlServiceGrpc.newBlockingStub(channel)
                            .withDeadlineAfter(LONGEST_CALL.toMillis(), TimeUnit.MILLISECONDS)
                            .copy(request));
        } finally {
            call.detach(outer);
        }
    }

    static ChunkRef chunk(ChunkId id) {
        return ChunkRef.newBuilder()
                .setTable(id.table())
                .setWay(id.way())
                .setIndex(id.index())
                .build();
    }

    /**
     * Takes all rows, and completes the file if they are what the donor stated. Fails with PARTY_MISBEHAVES when they are
     * not.
     *
     * @param epoch as {@link #start} gave it
     * @throws IOException from the file
     */
    void rows(Epoch epoch, long bytes, CheckpointWriter writer) throws IOException {
        while (writer.rowBytes() < bytes) {
            CopyPart part = next();
            require(part.getPartCase() == CopyPart.PartCase.DATA, "ended at " + writer.rowBytes() + " of " + bytes);
            ByteString data = part.getData();
            require(
                    !data.isEmpty()
                            && data.size() <= Limits.MAX_PIECE_BYTES
                            && data.size() <= bytes - writer.rowBytes(),
                    "sent " + data.size() + " bytes at " + writer.rowBytes() + " of " + bytes);
            writer.append(data.asReadOnlyByteBuffer());
        }
        CopyPart end = next();
        require(end.getPartCase() == CopyPart.PartCase.END, "sent more than the " + bytes + " bytes of the chunk");
        require(
                writer.finishIf(
                        checked(() -> DeltaCodec.bytes32("sha256", end.getEnd().getSha256())), epoch),
                "sent bytes that do not have the checksum which it states");
    }

    /**
     * The epoch that the rows stand at. Fails with PARTY_MISBEHAVES when it cannot be right, with EPOCH_OUTSIDE_WINDOW
     * when this node does not know it yet, or any more.
     */
    Epoch start(long bytes, EpochKeeper.Arrival arrival) {
        CopyPart first = next();
        require(first.getPartCase() == CopyPart.PartCase.START, "does not begin with the epoch");
        CopyStart start = first.getStart();
        require(start.getTotalBytes() == bytes, "has " + start.getTotalBytes() + " bytes of rows, not " + bytes);
        Epoch epoch = checked(() -> DeltaCodec.read(start.getEpoch()));
        require(epoch.number() >= arrival.oldest(), "gives an older epoch than was asked for");
        Epoch known = arrival.known(epoch.digest())
                .orElseThrow(() -> new MorphogenException(
                        FailureReason.EPOCH_OUTSIDE_WINDOW,
                        who + ": epoch " + epoch + " is not known here, or not yet."));
        require(known.equals(epoch), "states another number or block of epoch " + known);
        return known;
    }

    private CopyPart next() {
        try {
            require(parts.hasNext(), "ended early");
            return parts.next();
        } catch (StatusRuntimeException broken) {
            throw Failures.fromStatus(who, broken);
        }
    }

    private <T> T checked(Supplier<T> field) {
        try {
            return field.get();
        } catch (IllegalArgumentException wrong) {
            throw misbehaves("sent nonsense: " + wrong.getMessage());
        }
    }

    private void require(boolean right, String otherwise) {
        if (!right) {
            throw misbehaves(otherwise);
        }
    }

    private MorphogenException misbehaves(String what) {
        return new MorphogenException(FailureReason.PARTY_MISBEHAVES, who + ": it " + what + ".", Map.of());
    }

    @Override
    public void close() {
        call.cancel(null);
    }
}
