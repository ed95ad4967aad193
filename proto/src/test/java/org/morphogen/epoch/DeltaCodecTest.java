package org.morphogen.epoch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.InvalidProtocolBufferException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.morphogen.row.Bytes32;
import org.morphogen.snapshot.BlockInfo;
import org.morphogen.snapshot.ChunkId;
import org.morphogen.snapshot.Manifest;
import org.morphogen.snapshot.SampleSnapshot;

/** Digests, checks and messages of deltas. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class DeltaCodecTest {
    private static final long SEED = 20261127;
    private static final Manifest MANIFEST = SampleSnapshot.manifest();
    private static final ChunkId ONE = new ChunkId("accounts", 0, 1);
    private static final ChunkId TWO = new ChunkId("accounts", 2, 0);

    /** Computed by another program from the text that says what the digest is of. */
    @Test
    void digestsAreAsTheyAreStated() {
        DeltaHeader bare = header(List.of(), List.of());
        assertThat(bare.epoch().digest().hex())
                .isEqualTo("5fdcfd9921ee296f579cf44ba7c2b11a1e31b76a1c1683b8f18fd65f23066749");

        DeltaPiece piece = new DeltaPiece(ONE, 32, twoEntries());
        assertThat(piece.digest().sha256().hex())
                .isEqualTo("8f9362c3bff85095e2839f802c53b733e73bc6cdc8ef64bd66eb2dcd1ba116d6");
        DeltaHeader full = header(
                List.of(new DictionaryGrowth("accounts", List.of(hash(5), hash(6)))),
                List.of(piece.digest(), new PieceDigest(new ChunkId("storage", 2, 0), hash(7))));
        assertThat(full.epoch().digest().hex())
                .isEqualTo("ec25ae65c0ef826a925c3ccf98f391abd3fc5c9436c120c46b09b5681bf74a49");
        assertThat(full.epoch().number()).isEqualTo(5);
    }

    @Test
    void readsWhatItWrites() {
        Delta delta = sound();
        Delta read = DeltaCodec.read(DeltaCodec.write(delta), MANIFEST);

        assertThat(read.header()).isEqualTo(delta.header());
        assertThat(read.pieces().keySet()).isEqualTo(Set.of(ONE, TWO));
        assertThat(entries(read, ONE)).isEqualTo(entries(delta, ONE));
        assertThat(entries(read, TWO)).isEqualTo(entries(delta, TWO));
        read.check(MANIFEST, Set.of(ONE, TWO));
        assertThat(DeltaCodec.chunks(DeltaCodec.write(delta))).isEqualTo(Set.of(ONE, TWO));
        Epoch epoch = delta.header().epoch();
        assertThat(DeltaCodec.read(DeltaCodec.write(epoch))).isEqualTo(epoch);
    }

    @Test
    void whoHoldsSomeChunksNeedsTheirPiecesAlone() {
        Delta some = sound().only(Set.of(ONE));
        some.check(MANIFEST, Set.of(ONE));
        assertThat(some.header().epoch()).isEqualTo(sound().header().epoch());
        assertThatThrownBy(() -> some.check(MANIFEST, Set.of(ONE, TWO))).hasMessageContaining("missing");
    }

    @Test
    void piecesThatTheHeaderDoesNotStateAreRefused() {
        DeltaHeader header = sound().header();
        Delta other = Delta.of(header, List.of(Entries.piece(ONE, 5), Entries.piece(TWO, 0, 255)));
        assertThatThrownBy(() -> other.check(MANIFEST, Set.of())).hasMessageContaining("digest");
        Delta more = Delta.of(header, List.of(Entries.piece(new ChunkId("accounts", 1, 0), 5)));
        assertThatThrownBy(() -> more.check(MANIFEST, Set.of())).hasMessageContaining("states none");
        assertThatThrownBy(() -> Delta.of(header, List.of(Entries.piece(ONE, 1), Entries.piece(ONE, 2))))
                .hasMessageContaining("twice");
    }

    @Test
    void headersOutOfOrderAreRefused() {
        PieceDigest one = new PieceDigest(ONE, hash(1));
        PieceDigest two = new PieceDigest(TWO, hash(1));
        assertThatThrownBy(() -> header(List.of(), List.of(two, one))).hasMessageContaining("ascending");
        assertThatThrownBy(() -> header(List.of(), List.of(one, one))).hasMessageContaining("ascending");
        DictionaryGrowth a = new DictionaryGrowth("a", List.of(hash(1)));
        DictionaryGrowth b = new DictionaryGrowth("b", List.of(hash(1)));
        assertThatThrownBy(() -> header(List.of(b, a), List.of())).hasMessageContaining("ascending");
        assertThatThrownBy(() -> new DictionaryGrowth("a", List.of(hash(1), hash(1))))
                .hasMessageContaining("twice");
        Delta unknown = new Delta(header(List.of(b), List.of()), Map.of());
        assertThatThrownBy(() -> unknown.check(MANIFEST, Set.of())).hasMessageContaining("no table b");
    }

    /** Whatever comes over the wire: read, or refused with a word on why. */
    @Test
    void garbledMessagesAreRefusedOrRead() {
        SplittableRandom random = new SplittableRandom(SEED);
        byte[] sound = DeltaCodec.write(sound()).toByteArray();
        int refused = 0;
        for (int round = 0; round < 20_000; round++) {
            byte[] bytes = sound.clone();
            for (int change = random.nextInt(3); change >= 0; change--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            try {
                DeltaCodec.read(org.morphogen.protocol.v1.Delta.parseFrom(bytes), MANIFEST)
                        .check(MANIFEST, Set.of(ONE, TWO));
            } catch (IllegalArgumentException | InvalidProtocolBufferException expected) {
                assertThat(expected).hasMessageMatching("(?s).+");
                refused++;
            }
        }
        assertThat(refused).as("seed %d", SEED).isPositive();
    }

    private static byte[] entries(Delta delta, ChunkId chunk) {
        return Objects.requireNonNull(delta.pieces().get(chunk)).entries();
    }

    private static Delta sound() {
        List<DeltaPiece> pieces = List.of(Entries.piece(ONE, 1, 3), Entries.piece(TWO, 0, 255));
        return Delta.of(
                header(
                        List.of(new DictionaryGrowth("accounts", List.of(hash(5)))),
                        pieces.stream().map(DeltaPiece::digest).toList()),
                pieces);
    }

    private static DeltaHeader header(List<DictionaryGrowth> dictionaries, List<PieceDigest> pieces) {
        return new DeltaHeader(
                hash(1),
                5,
                new BlockInfo(17_000_005, hash(2).toString(), hash(4).toString()),
                hash(3),
                new ArrayList<>(dictionaries),
                new ArrayList<>(pieces));
    }

    private static byte[] twoEntries() {
        byte[] entries = Entries.of((byte) 9, 1, 3);
        Arrays.fill(entries, DeltaPiece.entryBytes(32) + Integer.BYTES, entries.length, (byte) 8);
        return entries;
    }

    /** The bytes {@code first}, {@code first + 1} and so on. */
    private static Bytes32 hash(int first) {
        byte[] bytes = new byte[Bytes32.LENGTH];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (first + i);
        }
        return Bytes32.of(bytes);
    }
}
