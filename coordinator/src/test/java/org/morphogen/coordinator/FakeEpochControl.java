package org.morphogen.coordinator;

import com.google.protobuf.ByteString;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;
import org.morphogen.epoch.Delta;
import org.morphogen.epoch.DeltaCodec;
import org.morphogen.epoch.DictionaryPage;
import org.morphogen.epoch.Epoch;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.Failures;
import org.morphogen.failure.MorphogenException;
import org.morphogen.protocol.v1.ApplyPart;
import org.morphogen.protocol.v1.ApplyResponse;
import org.morphogen.protocol.v1.ApplyStart;
import org.morphogen.protocol.v1.DeltaPiece;
import org.morphogen.protocol.v1.DictionaryRequest;
import org.morphogen.protocol.v1.DictionaryResponse;
import org.morphogen.protocol.v1.ReadRowsRequest;
import org.morphogen.protocol.v1.ReadRowsResponse;
import org.morphogen.protocol.v1.WayRowNumbers;
import org.morphogen.protocol.v1.WayRows;
import org.morphogen.snapshot.TableManifest;

/** The epoch calls of a {@link FakeNode}, and what goes wrong with them. Thread-safe. */
public final class FakeEpochControl {
    private final Function<Long, HeldEpochs> held;
    private volatile Fault beforeApply = () -> {};
    private final Map<Long, Fault> beforeApplyTo = new ConcurrentHashMap<>();
    private volatile Fault afterApply = () -> {};
    private volatile Fault beforeRewind = () -> {};
    private volatile Fault afterRewind = () -> {};
    private volatile Fault beforeRead = () -> {};
    private volatile boolean nonsense;

    /** Goes wrong by failing, by taking long or by what else it does. */
    public interface Fault {
        void strike() throws InterruptedException;
    }

    FakeEpochControl(Function<Long, HeldEpochs> held) {
        this.held = held;
    }

    /** Strikes when a delta has come whole, before it is taken in. */
    public void beforeApply(Fault fault) {
        beforeApply = fault;
    }

    /** As {@link #beforeApply}, for one generation alone. */
    public void beforeApplyTo(long generation, Fault fault) {
        beforeApplyTo.put(generation, fault);
    }

    /** Strikes when a delta has been taken in, before that is said. */
    public void afterApply(Fault fault) {
        afterApply = fault;
    }

    /** Strikes before going back. */
    public void beforeRewind(Fault fault) {
        beforeRewind = fault;
    }

    /** Strikes after going back. */
    public void afterRewind(Fault fault) {
        afterRewind = fault;
    }

    /** Strikes before rows are read. */
    public void beforeRead(Fault fault) {
        beforeRead = fault;
    }

    /** Whether answers hold no epoch where one must be. */
    public void talkNonsense(boolean now) {
        nonsense = now;
    }

    boolean talksNonsense() {
        return nonsense;
    }

    /** Refuses with that reason. */
    public static Fault refusal(FailureReason reason) {
        return () -> {
            throw new MorphogenException(reason, "This node refuses.");
        };
    }

    /** @param refused whether a call of that term is refused, which it answers then */
    StreamObserver<ApplyPart> apply(StreamObserver<ApplyResponse> reply, LongPredicate refused) {
        return new Parts(reply, refused);
    }

    private ApplyResponse take(ApplyStart start, List<DeltaPiece> pieces) throws InterruptedException {
        HeldEpochs epochs = held.apply(start.getGeneration());
        Delta delta = DeltaCodec.read(
                org.morphogen.protocol.v1.Delta.newBuilder()
                        .setHeader(start.getHeader())
                        .addAllPieces(pieces)
                        .build(),
                epochs.snapshot().manifest());
        beforeApply.strike();
        beforeApplyTo.getOrDefault(start.getGeneration(), () -> {}).strike();
        Epoch head = epochs.apply(delta);
        afterApply.strike();
        return nonsense
                ? ApplyResponse.getDefaultInstance()
                : ApplyResponse.newBuilder().setHead(DeltaCodec.write(head)).build();
    }

    Epoch rewind(long generation, ByteString digest) throws InterruptedException {
        beforeRewind.strike();
        Epoch head = held.apply(generation).rewind(DeltaCodec.bytes32("digest", digest));
        afterRewind.strike();
        return head;
    }

    DictionaryResponse read(DictionaryRequest request) throws InterruptedException {
        beforeRead.strike();
        return DictionaryPage.write(
                held.apply(request.getGeneration())
                        .dictionaries(request.getEpoch(), request.getEpochMark().toByteArray())
                        .of(request.getTable())
                        .orElseThrow(),
                request.getFirst());
    }

    ReadRowsResponse read(ReadRowsRequest request) throws InterruptedException {
        beforeRead.strike();
        HeldEpochs epochs = held.apply(request.getGeneration());
        TableManifest table =
                epochs.snapshot().manifest().table(request.getTable()).orElseThrow();
        ReadRowsResponse.Builder response = ReadRowsResponse.newBuilder();
        for (WayRowNumbers way : request.getWaysList()) {
            ByteArrayOutputStream rows = new ByteArrayOutputStream();
            for (long row : way.getRowsList()) {
                rows.writeBytes(epochs.row(
                        table,
                        way.getWay(),
                        row,
                        request.getEpoch(),
                        request.getEpochMark().toByteArray()));
            }
            response.addWays(
                    WayRows.newBuilder().setWay(way.getWay()).setRows(ByteString.copyFrom(rows.toByteArray())));
        }
        return response.build();
    }

    /** Answers a call, well or with what went wrong. */
    static <T> void answer(StreamObserver<T> reply, Answer<T> answer) {
        try {
            reply.onNext(answer.give());
            reply.onCompleted();
        } catch (MorphogenException refused) {
            reply.onError(Failures.toStatus(refused));
        } catch (InterruptedException killed) {
            Thread.currentThread().interrupt();
        }
    }

    /** Gives an answer. */
    interface Answer<T> {
        T give() throws InterruptedException;
    }

    private final class Parts implements StreamObserver<ApplyPart> {
        private final StreamObserver<ApplyResponse> reply;
        private final LongPredicate refused;
        private final List<DeltaPiece> pieces = new ArrayList<>();
        private @Nullable ApplyStart start;

        Parts(StreamObserver<ApplyResponse> reply, LongPredicate refused) {
            this.reply = reply;
            this.refused = refused;
        }

        @Override
        public void onNext(ApplyPart part) {
            if (part.hasStart()) {
                if (!refused.test(part.getStart().getTerm())) {
                    start = part.getStart();
                }
            } else {
                pieces.add(part.getPiece());
            }
        }

        @Override
        public void onError(Throwable broken) {}

        @Override
        public void onCompleted() {
            ApplyStart begun = start;
            if (begun != null) {
                answer(reply, () -> take(begun, pieces));
            }
        }
    }
}
