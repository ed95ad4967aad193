package org.morphogen.node.handover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.grpc.stub.ServerCallStreamObserver;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.morphogen.epoch.DeltaCodec;
import org.morphogen.epoch.Epoch;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.Failures;
import org.morphogen.node.epoch.LiveChunk;
import org.morphogen.node.fixture.QueryClient;
import org.morphogen.node.fixture.Question;
import org.morphogen.protocol.v1.CopyPart;
import org.morphogen.protocol.v1.CopyRequest;
import org.morphogen.protocol.v1.NodeControlServiceGrpc;
import org.morphogen.protocol.v1.QueryAnswer;
import org.morphogen.snapshot.ChunkId;
import org.morphogen.snapshot.Sha256;
import org.morphogen.transport.Endpoint;
import org.morphogen.transport.Limits;

/** What a node gives to others, to whom, and what goes on meanwhile. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class GivingTest {
    private static final long SEED = Long.getLong("morphogen.seed", 20261202);
    private static final ChunkId WIDE = new ChunkId("wide", 0, 0);
    private static final ChunkId NARROW = new ChunkId("narrow", 1, 4);

    @TempDir
    private Path folder;

    private Pair pair;
    private ManagedChannel channel;

    @BeforeEach
    void start() {
        pair = new Pair(folder, SEED);
        pair.outgrowTheLog();
        channel = smallWindow(pair.donor().endpoint());
    }

    /** A window that stays as it is, and holds less than a piece: readers that take nothing are sent next to nothing. */
    private static ManagedChannel smallWindow(Endpoint to) {
        return NettyChannelBuilder.forAddress(to.host(), to.port())
                .usePlaintext()
                .executor(Thread::startVirtualThread)
                .maxInboundMessageSize(Limits.MAX_MESSAGE_BYTES)
                .flowControlWindow(64 << 10)
                .build();
    }

    @AfterEach
    void stop() {
        channel.shutdownNow();
        pair.close();
    }

    @Test
    void rowsAreThoseOfTheirEpochThoughBlocksComeAndGoMeanwhile() throws InterruptedException {
        List<Epoch> window = pair.line().chain().epochs();
        Epoch oldest = window.get(window.size() - Pair.WINDOW);
        Reader reader = new Reader(request(WIDE, 0));
        assertThat(reader.start()).isEqualTo(oldest);
        byte[] expected = pair.line().chain().chunk(oldest, WIDE);
        // None of this waits for the reader, who takes nothing now.
        for (int round = 0; round < 4; round++) {
            pair.line().blocks(Pair.WINDOW, pair.donorKeeper());
            pair.line().back(round, pair.donorKeeper());
            pair.assertHoldsItsWindow(pair.donor(), 1);
            assertAnswers();
        }
        assertThat(pair.donorKeeper().epochs().window().getLast().epoch().number())
                .isGreaterThan(oldest.number());
        assertThat(reader.rest()).isEqualTo(expected);
    }

    private void assertAnswers() {
        var table = pair.snapshot().manifest().table("narrow").orElseThrow();
        try (QueryClient client = new QueryClient(pair.donor().endpoint())) {
            QueryAnswer answer = client.ask(Question.oneRow(pair.snapshot(), table, 5)
                    .at(pair.line().chain().head())
                    .to(0, 1)
                    .build());
            assertThat(answer.getRows().getWaysCount()).isEqualTo(3);
        }
    }

    @Test
    void theOldestEpochOfUseIsGiven() throws InterruptedException {
        List<Epoch> all = pair.line().chain().epochs();
        for (Epoch from : all) {
            Epoch expected = all.get(Math.max(all.indexOf(from), all.size() - Pair.WINDOW));
            Reader reader = new Reader(request(NARROW, from.number()));
            assertThat(reader.start()).as("from %s, seed %d", from, SEED).isEqualTo(expected);
            assertThat(reader.rest()).isEqualTo(pair.line().chain().chunk(expected, NARROW));
        }
    }

    @Test
    void noMoreAreGivenAtOnceThanIsBounded() throws InterruptedException {
        List<Reader> readers = new ArrayList<>();
        for (int i = 0; i < ChunkGiver.MOST_AT_ONCE; i++) {
            Reader reader = new Reader(request(WIDE, 0));
            reader.start();
            readers.add(reader);
        }
        assertRefused(FailureReason.BUSY, request(NARROW, 0));
        readers.getFirst().cancel();
        await().until(() -> new Reader(request(NARROW, 0)).isGiven());
        readers.getLast().rest();
        await().until(() -> new Reader(request(NARROW, 0)).isGiven());
    }

    @Test
    void aReaderThatGoesAwayLetsGoOfEverything() throws InterruptedException {
        for (int i = 0; i < 5 * ChunkGiver.MOST_AT_ONCE; i++) {
            await().until(() -> {
                Reader reader = new Reader(request(WIDE, 0));
                boolean given = reader.isGiven();
                reader.cancel();
                return given;
            });
        }
        long used = pair.donor().holder().budget().usedBytes();
        assertThat(used).isPositive();
        pair.donor().holder().generations().drop(1, 0, 1);
        // Leases held by calls that are over would keep it.
        await().until(() -> pair.donor().holder().budget().usedBytes() == 0);
    }

    @Test
    void aChunkThatIsDroppedIsGivenToItsEnd() throws InterruptedException {
        Reader reader = new Reader(request(WIDE, 0));
        Epoch epoch = reader.start();
        byte[] expected = pair.line().chain().chunk(epoch, WIDE);
        pair.donor().holder().generations().drop(1, 0, 1);
        assertThat(reader.rest()).isEqualTo(expected);
        await().until(() -> pair.donor().holder().budget().usedBytes() == 0);
    }

    @Test
    void aTakerIsToldThatTheHeapIsTooSmall() {
        LiveChunk chunk = pair.donor()
                .holder()
                .generations()
                .find(1)
                .flatMap(held -> held.chunk(NARROW))
                .orElseThrow();
        ChunkGiver giver = new ChunkGiver();
        NoRoomTaker taker = new NoRoomTaker();
        giver.give(chunk, pair.donorKeeper().epochs(), 0, taker);
        await().until(taker.told::isDone);
        assertThat(Failures.fromStatus("donor", taker.told.join()).reason()).isEqualTo(FailureReason.INTERNAL);
    }

    /** Has no room for rows. */
    private static final class NoRoomTaker extends ServerCallStreamObserver<CopyPart> {
        private final CompletableFuture<StatusRuntimeException> told = new CompletableFuture<>();

        @Override
        public void onNext(CopyPart part) {
            if (part.getPartCase() == CopyPart.PartCase.DATA) {
                throw new OutOfMemoryError("as a full heap does");
            }
        }

        @Override
        public void onError(Throwable failed) {
            told.complete((StatusRuntimeException) failed);
        }

        @Override
        public void onCompleted() {
            told.completeExceptionally(new AssertionError("all was given"));
        }

        @Override
        public boolean isCancelled() {
            return false;
        }

        @Override
        public boolean isReady() {
            return true;
        }

        @Override
        public void setOnCancelHandler(Runnable handler) {
            // It does not cancel.
        }

        @Override
        public void setOnReadyHandler(Runnable handler) {
            // It is always ready.
        }

        @Override
        public void setCompression(String compression) {
            // Nothing is compressed.
        }

        @Override
        public void setMessageCompression(boolean enable) {
            // Nothing is compressed.
        }

        @Override
        public void disableAutoInboundFlowControl() {
            // There is one message alone.
        }

        @Override
        public void request(int count) {
            // There is one message alone.
        }
    }

    @Test
    void nobodyElseIsGivenAnything() {
        pair.donor().holder().generations().requireTerm(6);
        CopyRequest right = request(NARROW, 0).toBuilder().setTerm(6).build();
        assertRefused(FailureReason.STALE_TERM, right.toBuilder().setTerm(5).build());
        assertRefused(
                FailureReason.REQUEST_INVALID, right.toBuilder().setParty(1).build());
        assertRefused(
                FailureReason.REQUEST_INVALID, right.toBuilder().clearChunk().build());
        assertRefused(
                FailureReason.REQUEST_INVALID,
                right.toBuilder().setFromEpoch(-1).build());
        assertRefused(
                FailureReason.REQUEST_INVALID,
                right.toBuilder()
                        .setChunk(right.getChunk().toBuilder().setTable("../x"))
                        .build());
        assertRefused(
                FailureReason.CHUNK_NOT_HELD,
                right.toBuilder()
                        .setChunk(right.getChunk().toBuilder().setIndex(99))
                        .build());
        assertRefused(
                FailureReason.GENERATION_UNKNOWN,
                right.toBuilder().setGeneration(2).build());
        assertRefused(
                FailureReason.EPOCH_OUTSIDE_WINDOW,
                right.toBuilder()
                        .setFromEpoch(pair.line().chain().head().number() + 1)
                        .build());
    }

    private void assertRefused(FailureReason reason, CopyRequest request) {
        StatusRuntimeException refused = catchThrowableOfType(
                StatusRuntimeException.class,
                () -> NodeControlServiceGrpc.newBlockingStub(channel)
                        .copy(request)
                        .next());
        assertThat(refused).as("no refusal with %s", reason).isNotNull();
        assertThat(Failures.fromStatus("donor", refused).reason()).isEqualTo(reason);
    }

    private CopyRequest request(ChunkId id, long from) {
        return CopyRequest.newBuilder()
                .setTerm(pair.line().term())
                .setParty(0)
                .setGeneration(1)
                .setFromEpoch(from)
                .setChunk(SentCopy.chunk(id))
                .build();
    }

    /** Takes parts one at a time, when it wants to. */
    private final class Reader {
        /** Empty at the end, whether good or bad. */
        private final BlockingQueue<Optional<CopyPart>> parts = new LinkedBlockingQueue<>();

        private final AtomicReference<ClientCallStreamObserver<CopyRequest>> call = new AtomicReference<>();

        Reader(CopyRequest request) {
            NodeControlServiceGrpc.newStub(channel).copy(request, new ClientResponseObserver<CopyRequest, CopyPart>() {
                @Override
                public void beforeStart(ClientCallStreamObserver<CopyRequest> begun) {
                    call.set(begun);
                    begun.disableAutoRequestWithInitial(1);
                }

                @Override
                public void onNext(CopyPart part) {
                    parts.add(Optional.of(part));
                }

                @Override
                public void onError(Throwable failed) {
                    parts.add(Optional.empty());
                }

                @Override
                public void onCompleted() {
                    parts.add(Optional.empty());
                }
            });
        }

        Epoch start() throws InterruptedException {
            CopyPart first = parts.take().orElseThrow();
            assertThat(first.hasStart()).isTrue();
            return DeltaCodec.read(first.getStart().getEpoch());
        }

        boolean isGiven() throws InterruptedException {
            return parts.take().isPresent();
        }

        /** All data, once the end has told their digest. */
        byte[] rest() throws InterruptedException {
            ByteArrayOutputStream data = new ByteArrayOutputStream();
            while (true) {
                call().request(1);
                CopyPart part = parts.take().orElseThrow();
                if (part.hasEnd()) {
                    assertThat(part.getEnd().getSha256().toByteArray())
                            .asHexString()
                            .isEqualToIgnoringCase(Sha256.of(data.toByteArray()));
                    call().request(1);
                    return data.toByteArray();
                }
                assertThat(part.getData().size()).isBetween(1, Limits.MAX_PIECE_BYTES);
                data.writeBytes(part.getData().toByteArray());
            }
        }

        private ClientCallStreamObserver<CopyRequest> call() {
            return Objects.requireNonNull(call.get());
        }

        void cancel() {
            call().cancel("test", null);
        }
    }
}
