package org.morphogen.node.epoch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
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

    @Test
    void aChunkThatIsLetGoWhileScannedPinsNothing() {
        MemoryBudget budget = new MemoryBudget(1 << 20);
        Epochs epochs = new Epochs(1);
        Timeline timeline = new Timeline(epochs.root(), new EpochSettings(WINDOW, 1 << 20, 1 << 20, StepWatch.NONE));
        ChunkGeometry geometry = new ChunkGeometry(32, 256, 256);
        SlicedLayout layout = new SlicedLayout(32, 256);
        ChunkMemory memory = ChunkMemory.allocate(layout.bytes(), budget);
        LiveChunk chunk =
                new LiveChunk(new ChunkId("t", 0, 0), layout, memory, SegmentGeometry.of(geometry), timeline.pinHead());
        KnownEpoch merged = epochs.next(timeline.head(), List.of());
        timeline.append(merged);

        try (ChunkLease scan = chunk.lease().orElseThrow()) {
            assertThat(scan.rows().byteSize()).isEqualTo(layout.bytes());
            chunk.release();
            // As a merge that had begun to wait for the chunk.
            chunk.merge(timeline.pinHead(), StepWatch.NONE);
        }
        for (int block = 0; block < 2 * WINDOW; block++) {
            timeline.append(epochs.next(timeline.head(), List.of()));
        }

        assertThat(timeline.pin(merged.epoch().digest()))
                .as("behind the window")
                .isEmpty();
        assertThat(budget.usedBytes()).isZero();
    }
}
