package org.morphogen.node.epoch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.morphogen.epoch.DeltaPiece;
import org.morphogen.node.chunk.ChunkLease;
import org.morphogen.node.chunk.ChunkMemory;
import org.morphogen.node.chunk.MemoryBudget;
import org.morphogen.node.layout.SegmentGeometry;
import org.morphogen.node.layout.SlicedLayout;
import org.morphogen.snapshot.ChunkGeometry;
import org.morphogen.snapshot.ChunkId;

/** What a chunk pins and when it lets go. */
@Timeout(value = 20, unit = TimeUnit.SECONDS)
class LiveChunkTest {
    private static final int WINDOW = 2;
    private static final int ROW_BYTES = 32;
    private static final int ROWS = 256;
    private static final ChunkId CHUNK = new ChunkId("t", 0, 0);

    private final MemoryBudget budget = new MemoryBudget(1 << 20);
    private final Epochs epochs = new Epochs(1);
    private final Timeline timeline =
            new Timeline(epochs.root(), new EpochSettings(WINDOW, 1 << 20, 1 << 20, StepWatch.NONE));
    private final LiveChunk chunk = chunk();

    private LiveChunk chunk() {
        SlicedLayout layout = new SlicedLayout(ROW_BYTES, ROWS);
        ChunkMemory memory = ChunkMemory.allocate(layout.bytes(), budget);
        SegmentGeometry segments = SegmentGeometry.of(new ChunkGeometry(ROW_BYTES, ROWS, ROWS));
        return new LiveChunk(CHUNK, layout, memory, segments, timeline.pinHead());
    }

    @Test
    void aChunkThatIsLetGoWhileScannedPinsNothing() {
        KnownEpoch merged = epochs.next(timeline.head(), List.of());
        timeline.append(merged);

        try (ChunkLease scan = chunk.lease().orElseThrow()) {
            assertThat(scan.rows().byteSize()).isEqualTo(ROWS * ROW_BYTES);
            chunk.release();
            // As a merge that had begun to wait for the chunk.
            chunk.merge(timeline.pinHead(), StepWatch.NONE);
        }
        appendTwoWindows();

        assertThat(timeline.pin(merged.epoch().digest()))
                .as("behind the window")
                .isEmpty();
        assertThat(budget.usedBytes()).isZero();
    }

    @Test
    void aScanGoesOnInAChunkThatIsLetGo() {
        byte[] entry = new byte[DeltaPiece.entryBytes(ROW_BYTES)];
        entry[Integer.BYTES] = 1;
        timeline.append(epochs.next(timeline.head(), List.of(new DeltaPiece(CHUNK, ROW_BYTES, entry))));
        byte[] row = new byte[ROW_BYTES];

        try (ChunkLease scan = chunk.lease().orElseThrow();
                Timeline.Pin asked = timeline.pinHead()) {
            chunk.release();
            appendTwoWindows();
            chunk.read(scan.rows(), 0, 1, asked.epoch(), row);
        }

        assertThat(row[0]).isEqualTo((byte) 1);
        assertThat(budget.usedBytes()).isZero();
    }

    private void appendTwoWindows() {
        for (int block = 0; block < 2 * WINDOW; block++) {
            timeline.append(epochs.next(timeline.head(), List.of()));
        }
    }
}
