package org.morphogen.node.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.grpc.Context;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.morphogen.epoch.Delta;
import org.morphogen.epoch.DeltaCodec;
import org.morphogen.epoch.Epoch;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.morphogen.node.epoch.Timeline;
import org.morphogen.node.fixture.Chain;
import org.morphogen.node.fixture.Holder;
import org.morphogen.node.fixture.MadeSnapshot;
import org.morphogen.node.fixture.SnapshotServer;
import org.morphogen.node.fixture.TableSpec;
import org.morphogen.protocol.v1.ApplyResponse;
import org.morphogen.protocol.v1.ApplyStart;
import org.morphogen.protocol.v1.ChunkDigestsRequest;
import org.morphogen.protocol.v1.DeltaPiece;
import org.morphogen.protocol.v1.PieceDigest;
import org.morphogen.protocol.v1.ReadRowsRequest;
import org.morphogen.protocol.v1.RewindRequest;
import org.morphogen.protocol.v1.WayRowNumbers;
import org.morphogen.row.Bytes32;
import org.morphogen.snapshot.ChunkId;
import org.morphogen.snapshot.Sha256;
import org.morphogen.snapshot.TableManifest;

/** What the leader says of epochs, right and wrong. Wrong things change nothing and have a reason. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class EpochControlTest {
    private static final long SEED = Long.getLong("morphogen.seed", 20261128);
    private static final ChunkId NOT_HELD = new ChunkId("t", 2, 1);

    @TempDir
    private Path folder;

    private MadeSnapshot snapshot;
    private TableManifest table;
    private Chain chain;
    private Holder node;
    private EpochControl control;

    @BeforeEach
    void start() {
        snapshot = MadeSnapshot.make(folder.resolve("snapshot"), SEED, new TableSpec("t", 32, 3, 384, 256));
        table = snapshot.manifest().tables().getFirst();
        chain = new Chain(snapshot, new SplittableRandom(SEED));
        node = new Holder(0, folder.resolve("node"), 1 << 20);
        control = new EpochControl(node.generations());
        List<ChunkId> held =
                snapshot.chunkIds().stream().filter(id -> !id.equals(NOT_HELD)).toList();
        try (SnapshotServer server = new SnapshotServer(snapshot.folder())) {
            node.generations().hold(1, snapshot.wish(0, 1, 1, held, server.endpoint()));
            node.awaitComplete(1);
        }
    }

    @AfterEach
    void stop() {
        node.close();
    }

    @Test
    void deltasRowsAndDigestsAgree() {
        for (int block = 0; block < 5; block++) {
            Delta delta = chain.next(200);
            assertThat(DeltaCodec.read(apply(delta).getHead())).isEqualTo(chain.head());
            assertThat(DeltaCodec.read(apply(delta).getHead())).isEqualTo(chain.head());
        }
        for (Epoch epoch : chain.epochs()) {
            ByteString rows = control.read(rows(epoch, 1, 0, 255, 256, 383).build())
                    .getWays(0)
                    .getRows();
            ByteString expected = LongStream.of(0, 255, 256, 383)
                    .mapToObj(row -> ByteString.copyFrom(chain.row(epoch, table, 1, row)))
                    .reduce(ByteString.EMPTY, ByteString::concat);
            assertThat(rows).as("%s, seed %d", epoch, SEED).isEqualTo(expected);
            assertThat(control.digests(digestsAt(epoch).build()).getChunksList())
                    .isEqualTo(digests(epoch));
        }
    }

    @Test
    void digestsAreOfTheChunksThatAreNamed() {
        Epoch at = DeltaCodec.read(apply(chain.next(200)).getHead());
        ChunkDigestsRequest.Builder request =
                digestsAt(at).addChunks(DeltaCodec.write(NOT_HELD)).addChunks(DeltaCodec.write(new ChunkId("t", 1, 1)));
        assertThat(control.digests(request.build()).getChunksList())
                .isEqualTo(digests(at).stream()
                        .filter(digest -> digest.getChunk().equals(request.getChunks(1)))
                        .toList())
                .hasSize(1);
        request.clearChunks().addChunks(DeltaCodec.write(NOT_HELD));
        assertThat(control.digests(request.build()).getChunksList()).isEmpty();
    }

    @Test
    void digestsAreMadeForOneCallerAtATimeAndForNobodyWhoIsGone() throws Exception {
        ChunkDigestsRequest request = digestsAt(chain.head()).build();
        Timeline timeline = node.generations().find(1).orElseThrow().epochs().orElseThrow();
        Thread first = new Thread(() -> control.digests(request));
        synchronized (timeline) {
            first.start();
            await().until(() -> first.getState() == Thread.State.BLOCKED);
            assertThatThrownBy(() -> control.digests(request))
                    .isInstanceOfSatisfying(
                            MorphogenException.class,
                            busy -> assertThat(busy.reason()).isEqualTo(FailureReason.BUSY));
        }
        first.join();
        assertThat(control.digests(request).getChunksList()).isEqualTo(digests(chain.head()));
        try (Context.CancellableContext gone = Context.current().withCancellation()) {
            gone.cancel(null);
            assertThat(gone.call(() -> control.digests(request)).getChunksList())
                    .isEmpty();
        }
    }

    private static ChunkDigestsRequest.Builder digestsAt(Epoch epoch) {
        return ChunkDigestsRequest.newBuilder()
                .setTerm(1)
                .setGeneration(1)
                .setEpoch(epoch.number())
                .setEpochMark(ByteString.copyFrom(epoch.mark()));
    }

    private List<PieceDigest> digests(Epoch epoch) {
        return snapshot.chunkIds().stream()
                .filter(id -> !id.equals(NOT_HELD))
                .map(id -> DeltaCodec.write(id, Bytes32.parse("0x" + Sha256.of(chain.chunk(epoch, id)))))
                .toList();
    }

    @Test
    void rowsThatAreNotThereAreRefused() {
        Epoch at = chain.head();
        for (long row : new long[] {-1, Long.MIN_VALUE, 384, 1L << 32, (1L << 40) + 1, Long.MAX_VALUE}) {
            assertRefused(FailureReason.REQUEST_INVALID, rows(at, 0, row));
        }
        assertRefused(FailureReason.WAY_UNKNOWN, rows(at, 3, 0));
        assertRefused(FailureReason.WAY_UNKNOWN, rows(at, -1, 0));
        assertRefused(FailureReason.CHUNK_NOT_HELD, rows(at, NOT_HELD.way(), 256));
        assertRefused(FailureReason.TABLE_UNKNOWN, rows(at, 0, 0).setTable("u"));
        assertRefused(FailureReason.GENERATION_UNKNOWN, rows(at, 0, 0).setGeneration(2));
        assertRefused(FailureReason.EPOCH_OUTSIDE_WINDOW, rows(at, 0, 0).setEpoch(-1));
        assertRefused(FailureReason.EPOCH_OUTSIDE_WINDOW, rows(at, 0, 0).setEpoch(at.number() + 1));
        assertRefused(FailureReason.EPOCH_REPLACED, rows(at, 0, 0).setEpochMark(ByteString.EMPTY));
        assertRefused(FailureReason.STALE_TERM, rows(at, 0, 0).setTerm(0));
        long[] tooMany = new long[(3 << 20) / 32 + 1];
        assertRefused(FailureReason.REQUEST_TOO_LARGE, rows(at, 0, tooMany));
    }

    private void assertRefused(FailureReason reason, ReadRowsRequest.Builder request) {
        MorphogenException refused =
                catchThrowableOfType(MorphogenException.class, () -> control.read(request.build()));
        assertThat(refused).as("no refusal with %s", reason).isNotNull();
        assertThat(refused.reason()).isEqualTo(reason);
    }

    @Test
    void wrongDeltasChangeNothing() {
        Delta delta = chain.next(200);
        var message = DeltaCodec.write(delta);
        Epoch before = snapshot.base();
        List<DeltaPiece> pieces = message.getPiecesList();
        assertUnchanged(before, start(message.getHeader()), pieces.subList(1, pieces.size()));
        assertUnchanged(
                before, start(message.getHeader().toBuilder().setEpoch(-1).build()), pieces);
        assertUnchanged(
                before,
                start(message.getHeader().toBuilder()
                        .setEpoch(before.number() + 2)
                        .build()),
                pieces);
        assertUnchanged(
                before, start(message.getHeader().toBuilder().setBlockNumber(-1).build()), pieces);
        assertUnchanged(
                before, start(message.getHeader().toBuilder().clearStateRoot().build()), pieces);
        assertUnchanged(
                before, start(message.getHeader().toBuilder().clearPieces().build()), pieces);
        DeltaPiece negative = pieces.getFirst().toBuilder()
                .setChunk(pieces.getFirst().getChunk().toBuilder().setIndex(-1))
                .build();
        assertUnchanged(before, start(message.getHeader()), List.of(negative));
        assertUnchanged(before, start(message.getHeader()).setParty(1), pieces);
        assertUnchanged(before, start(message.getHeader()).setTerm(-1), pieces);
        apply(delta);
        assertThatThrownBy(() -> control.rewind(RewindRequest.newBuilder()
                        .setTerm(1)
                        .setGeneration(1)
                        .setDigest(ByteString.copyFromUtf8("short"))
                        .build()))
                .isInstanceOf(MorphogenException.class);
    }

    private void assertUnchanged(Epoch head, ApplyStart.Builder start, List<DeltaPiece> pieces) {
        assertThatThrownBy(() -> control.apply(new DeltaReceiver.Received(start.build(), pieces)))
                .isInstanceOf(MorphogenException.class);
        assertThat(node.generations()
                        .find(1)
                        .orElseThrow()
                        .epochs()
                        .orElseThrow()
                        .head()
                        .epoch())
                .isEqualTo(head);
    }

    private ApplyResponse apply(Delta delta) {
        var message = DeltaCodec.write(delta);
        return control.apply(
                new DeltaReceiver.Received(start(message.getHeader()).build(), message.getPiecesList()));
    }

    private static ApplyStart.Builder start(org.morphogen.protocol.v1.DeltaHeader header) {
        return ApplyStart.newBuilder().setTerm(1).setGeneration(1).setHeader(header);
    }

    private static ReadRowsRequest.Builder rows(Epoch at, int way, long... rows) {
        WayRowNumbers.Builder numbers = WayRowNumbers.newBuilder().setWay(way);
        LongStream.of(rows).forEach(numbers::addRows);
        return ReadRowsRequest.newBuilder()
                .setTerm(1)
                .setGeneration(1)
                .setEpoch(at.number())
                .setEpochMark(ByteString.copyFrom(at.mark()))
                .setTable("t")
                .addWays(numbers);
    }
}
