package org.morphogen.coordinator.epoch;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.morphogen.epoch.Delta;
import org.morphogen.epoch.DeltaHeader;
import org.morphogen.epoch.DeltaPiece;
import org.morphogen.epoch.Epoch;
import org.morphogen.row.Bytes32;
import org.morphogen.snapshot.BlockInfo;
import org.morphogen.snapshot.ChunkId;

@Timeout(value = 20, unit = TimeUnit.SECONDS)
class RememberedDeltasTest {
    private static final int ROW_BYTES = 32;
    private static final int DELTA_BYTES = DeltaPiece.entryBytes(ROW_BYTES);
    private static final List<Delta> CHAIN = chain(6);

    private final RememberedDeltas deltas = new RememberedDeltas(3L * DELTA_BYTES);

    @Test
    void theOldestGoWhereThereAreTooManyBytes() {
        CHAIN.forEach(deltas::add);

        assertThat(known()).containsExactly(4L, 5L, 6L);
    }

    @Test
    void anOldOneThatIsMadeAgainDoesNotDriveNewerOnesOut() {
        CHAIN.subList(3, 6).forEach(deltas::add);

        deltas.add(CHAIN.getFirst());

        assertThat(known()).containsExactly(4L, 5L, 6L);
    }

    @Test
    void oneThatIsTooLargeIsKeptAlone() {
        RememberedDeltas small = new RememberedDeltas(DELTA_BYTES - 1);
        small.add(CHAIN.get(0));
        small.add(CHAIN.get(1));

        assertThat(small.leadingTo(epoch(CHAIN.get(0)))).isEmpty();
        assertThat(small.leadingTo(epoch(CHAIN.get(1)))).contains(CHAIN.get(1));
    }

    @Test
    void thoseOutsideTheWindowGo() {
        CHAIN.subList(0, 3).forEach(deltas::add);

        deltas.keepOnly(List.of(epoch(CHAIN.get(1)), epoch(CHAIN.get(4))));

        assertThat(known()).containsExactly(2L);
    }

    private List<Long> known() {
        return CHAIN.stream()
                .map(RememberedDeltasTest::epoch)
                .filter(epoch -> deltas.leadingTo(epoch).isPresent())
                .map(Epoch::number)
                .toList();
    }

    private static Epoch epoch(Delta delta) {
        return delta.header().epoch();
    }

    private static List<Delta> chain(int count) {
        List<Delta> chain = new ArrayList<>();
        Bytes32 parent = Bytes32.parse(hash(0));
        for (int number = 1; number <= count; number++) {
            byte[] entries = ByteBuffer.allocate(DELTA_BYTES)
                    .putInt(number)
                    .put(new byte[] {1})
                    .array();
            DeltaPiece piece = new DeltaPiece(new ChunkId("accounts", 0, 0), ROW_BYTES, entries);
            DeltaHeader header = new DeltaHeader(
                    parent,
                    number,
                    new BlockInfo(number, hash(number), hash(number)),
                    Bytes32.parse(hash(number - 1)),
                    List.of(),
                    List.of(piece.digest()));
            chain.add(Delta.of(header, List.of(piece)));
            parent = header.epoch().digest();
        }
        return List.copyOf(chain);
    }

    private static String hash(int number) {
        return "0x%064x".formatted(number);
    }
}
