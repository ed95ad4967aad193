package org.morphogen.node.control;

import com.google.protobuf.ByteString;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.morphogen.epoch.Delta;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.Failures;
import org.morphogen.failure.MorphogenException;
import org.morphogen.protocol.v1.ApplyPart;
import org.morphogen.protocol.v1.ApplyResponse;
import org.morphogen.protocol.v1.ApplyStart;
import org.morphogen.protocol.v1.ChunkRef;
import org.morphogen.protocol.v1.DeltaPiece;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Puts the parts of one delta together, at most {@link Delta#MAX_BYTES} of entries, and hands it on. */
final class DeltaReceiver implements StreamObserver<ApplyPart> {
    private static final Logger log = LoggerFactory.getLogger(DeltaReceiver.class);

    private final StreamObserver<ApplyResponse> caller;
    private final Consumer<ApplyStart> allowed;
    private final Function<Received, ApplyResponse> whole;
    private final List<DeltaPiece> pieces = new ArrayList<>();
    private @Nullable ApplyStart start;
    private @Nullable ChunkRef chunk;
    private ByteString entries = ByteString.EMPTY;
    private long bytes;
    private boolean ended;

    /** A delta as it came, checked for its size alone. */
    record Received(ApplyStart start, List<DeltaPiece> pieces) {}

    /**
     * For one call.
     *
     * @param allowed fails with the reason why the caller may not send a delta
     */
    DeltaReceiver(
            StreamObserver<ApplyResponse> caller,
            Consumer<ApplyStart> allowed,
            Function<Received, ApplyResponse> whole) {
        this.caller = caller;
        this.allowed = allowed;
        this.whole = whole;
    }

    @Override
    public void onNext(ApplyPart part) {
        if (ended) {
            return;
        }
        switch (part.getPartCase()) {
            case START -> begin(part.getStart());
            case PIECE -> add(part.getPiece());
            case PART_NOT_SET -> refuse("part: neither start nor piece");
        }
    }

    private void begin(ApplyStart newStart) {
        if (start != null) {
            refuse("start: there are two");
            return;
        }
        try {
            allowed.accept(newStart);
            start = newStart;
        } catch (MorphogenException refused) {
            refuse(refused);
        }
    }

    private void add(DeltaPiece piece) {
        bytes += piece.getEntries().size();
        if (start == null) {
            refuse("start: it must come first");
        } else if (bytes > Delta.MAX_BYTES) {
            refuse("pieces: more than " + Delta.MAX_BYTES + " bytes");
        } else {
            if (!piece.getChunk().equals(chunk)) {
                finishPiece();
                chunk = piece.getChunk();
            }
            entries = entries.concat(piece.getEntries());
            if (pieces.size() >= start.getHeader().getPiecesCount()) {
                refuse("pieces: more than the header states");
            }
        }
    }

    private void finishPiece() {
        if (chunk != null) {
            pieces.add(
                    DeltaPiece.newBuilder().setChunk(chunk).setEntries(entries).build());
            entries = ByteString.EMPTY;
        }
    }

    @Override
    public void onError(Throwable broken) {
        ended = true;
    }

    @Override
    public void onCompleted() {
        if (ended) {
            return;
        }
        ApplyStart begun = start;
        if (begun == null) {
            refuse("start: there is none");
            return;
        }
        finishPiece();
        ended = true;
        try {
            ApplyResponse response = whole.apply(new Received(begun, pieces));
            caller.onNext(response);
            caller.onCompleted();
        } catch (MorphogenException refused) {
            caller.onError(Failures.toStatus(refused));
        } catch (RuntimeException defect) {
            log.error("A delta could not be taken in", defect);
            caller.onError(Failures.toStatus(new MorphogenException(
                    FailureReason.INTERNAL, "The node failed at this delta; its log tells why.")));
        }
    }

    private void refuse(String why) {
        refuse(new MorphogenException(FailureReason.REQUEST_INVALID, why + "."));
    }

    private void refuse(MorphogenException why) {
        ended = true;
        pieces.clear();
        entries = ByteString.EMPTY;
        caller.onError(Failures.toStatus(why));
    }
}
