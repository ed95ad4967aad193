package org.morphogen.node.control;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.morphogen.epoch.Delta;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.morphogen.protocol.v1.ApplyPart;
import org.morphogen.protocol.v1.ApplyResponse;
import org.morphogen.protocol.v1.ApplyStart;
import org.morphogen.protocol.v1.ChunkRef;
import org.morphogen.protocol.v1.DeltaHeader;
import org.morphogen.protocol.v1.DeltaPiece;
import org.morphogen.protocol.v1.PieceDigest;

/** What a stream of parts becomes, and what is refused before it fills the memory. */
@Timeout(value = 30, unit = TimeUnit.SECONDS)
class DeltaReceiverTest {
    private static final long STALE = 3;

    private final Caller caller = new Caller();
    private final List<DeltaReceiver.Received> whole = new ArrayList<>();
    private final DeltaReceiver receiver = new DeltaReceiver(
            caller,
            start -> {
                if (start.getTerm() == STALE) {
                    throw new MorphogenException(FailureReason.STALE_TERM, "An older leader.");
                }
            },
            received -> {
                whole.add(received);
                return ApplyResponse.getDefaultInstance();
            });

    @Test
    void putsPiecesTogether() {
        receiver.onNext(start(4, 2));
        receiver.onNext(piece(0, "a"));
        receiver.onNext(piece(0, "b"));
        receiver.onNext(piece(1, "c"));
        receiver.onCompleted();

        assertThat(whole).hasSize(1);
        assertThat(whole.getFirst().pieces())
                .extracting(piece ->
                        piece.getChunk().getIndex() + piece.getEntries().toStringUtf8())
                .containsExactly("0ab", "1c");
        assertThat(caller.responses).isEqualTo(1);
        assertThat(caller.completed).isEqualTo(1);
        assertThat(caller.failures).isEmpty();
    }

    @Test
    void whatDoesNotBeginWithOneStartIsRefused() {
        receiver.onNext(piece(0, "a"));
        assertRefused("start");
    }

    @Test
    void twoStartsAreRefused() {
        receiver.onNext(start(4, 1));
        receiver.onNext(start(4, 1));
        assertRefused("two");
    }

    @Test
    void nothingAtAllIsRefused() {
        receiver.onCompleted();
        assertThat(caller.failures).hasSize(1);
        assertThat(whole).isEmpty();
    }

    @Test
    void aPartWithNothingInItIsRefused() {
        receiver.onNext(start(4, 1));
        receiver.onNext(ApplyPart.getDefaultInstance());
        assertRefused("part");
    }

    @Test
    void anOlderLeadersDeltaIsNotEvenTakenIn() {
        receiver.onNext(start(STALE, 1));
        assertRefused("older leader");
    }

    @Test
    void moreBytesThanADeltaHasAreRefused() {
        receiver.onNext(start(4, 1));
        ByteString part = ByteString.copyFrom(new byte[1 << 20]);
        for (int bytes = 0; bytes <= Delta.MAX_BYTES; bytes += part.size()) {
            receiver.onNext(ApplyPart.newBuilder()
                    .setPiece(DeltaPiece.newBuilder().setEntries(part))
                    .build());
        }
        assertRefused("bytes");
    }

    @Test
    void morePiecesThanTheHeaderStatesAreRefused() {
        receiver.onNext(start(4, 2));
        for (int part = 0; part < 10; part++) {
            receiver.onNext(piece(part % 2, ""));
        }
        assertRefused("pieces");
    }

    @Test
    void aBrokenStreamIsForgotten() {
        receiver.onNext(start(4, 1));
        receiver.onError(Status.CANCELLED.asRuntimeException());
        receiver.onCompleted();
        assertThat(whole).isEmpty();
        assertThat(caller.responses).isZero();
    }

    /** Told once, however much comes behind it. */
    private void assertRefused(String why) {
        receiver.onNext(piece(0, "more"));
        receiver.onCompleted();
        assertThat(caller.failures).hasSize(1);
        assertThat(caller.failures.getFirst().toString()).contains(why);
        assertThat(caller.responses).isZero();
        assertThat(whole).isEmpty();
    }

    private static ApplyPart start(long term, int pieces) {
        DeltaHeader.Builder header = DeltaHeader.newBuilder();
        for (int piece = 0; piece < pieces; piece++) {
            header.addPieces(PieceDigest.getDefaultInstance());
        }
        return ApplyPart.newBuilder()
                .setStart(ApplyStart.newBuilder().setTerm(term).setHeader(header))
                .build();
    }

    private static ApplyPart piece(int index, String entries) {
        return ApplyPart.newBuilder()
                .setPiece(DeltaPiece.newBuilder()
                        .setChunk(ChunkRef.newBuilder().setTable("t").setIndex(index))
                        .setEntries(ByteString.copyFromUtf8(entries)))
                .build();
    }

    private static final class Caller implements StreamObserver<ApplyResponse> {
        private final List<Throwable> failures = new ArrayList<>();
        private int responses;
        private int completed;

        @Override
        public void onNext(ApplyResponse response) {
            responses++;
        }

        @Override
        public void onError(Throwable failed) {
            failures.add(failed);
        }

        @Override
        public void onCompleted() {
            completed++;
        }
    }
}
