package org.morphogen.node.epoch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.morphogen.epoch.DeltaPiece;
import org.morphogen.epoch.Epoch;
import org.morphogen.node.chunk.ChunkLease;
import org.morphogen.node.chunk.ChunkMemory;
import org.morphogen.node.chunk.ChunkRows;
import org.morphogen.node.chunk.HostMemory;
import org.morphogen.node.chunk.MemoryBudget;
import org.morphogen.node.chunk.RowDiffs;
import org.morphogen.node.chunk.RowMemory;
import org.morphogen.node.layout.SegmentGeometry;
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
    private final RowMemory memory = new HostMemory(budget);
    private final Epochs epochs = new Epochs(1);
    private final Timeline timeline =
            new Timeline(epochs.root(), new EpochSettings(WINDOW, 1 << 20, 1 << 20, StepWatch.NONE));
    private final LiveChunk chunk = chunk();

    private LiveChunk chunk() {
        ChunkMemory chunkMemory = ChunkMemory.allocate(ROW_BYTES, ROWS, memory);
        SegmentGeometry segments = SegmentGeometry.of(new ChunkGeometry(ROW_BYTES, ROWS, ROWS), memory.segmentBytes());
        return new LiveChunk(CHUNK, chunkMemory, segments, timeline.pinHead());
    }

    @Test
    void aChunkThatIsLetGoWhileScannedPinsNothing() {
        KnownEpoch merged = epochs.next(timeline.head(), List.of());
        timeline.append(merged);

        try (ChunkLease scan = chunk.lease().orElseThrow()) {
            assertThat(scan.rows().bytes()).isEqualTo(ROWS * ROW_BYTES);
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
        appendChange();
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

    @Test
    void rowsThatAreLostPinNothing() {
        LostRows lost = new LostRows();
        SegmentGeometry segments = SegmentGeometry.of(new ChunkGeometry(ROW_BYTES, ROWS, ROWS), memory.segmentBytes());
        LiveChunk gone = new LiveChunk(
                CHUNK, ChunkMemory.allocate(ROW_BYTES, ROWS, new OneChunk(lost)), segments, timeline.pinHead());
        chunk.release();
        appendChange();
        assertThatThrownBy(() -> gone.merge(timeline.pinHead(), StepWatch.NONE)).hasMessageContaining("lost");

        Epoch before = timeline.head().epoch();
        appendChange();
        gone.merge(timeline.pinHead(), StepWatch.NONE);
        appendTwoWindows();

        assertThat(timeline.pin(before.digest())).as("behind the window").isEmpty();
        assertThat(lost.xors).as("tried once").isEqualTo(1);
        gone.release();
        assertThat(budget.usedBytes()).isZero();
    }

    private void appendChange() {
        byte[] entry = new byte[DeltaPiece.entryBytes(ROW_BYTES)];
        entry[Integer.BYTES] = 1;
        timeline.append(epochs.next(timeline.head(), List.of(new DeltaPiece(CHUNK, ROW_BYTES, entry))));
    }

    /** As those of a device that fails when it is first asked. */
    private static final class LostRows implements ChunkRows {
        private int xors;

        @Override
        public int rowBytes() {
            return ROW_BYTES;
        }

        @Override
        public int rows() {
            return ROWS;
        }

        @Override
        public void write(MemorySegment plain, int firstRow) {}

        @Override
        public void read(int firstRow, int count, byte[] into, int intoOffset) {}

        @Override
        public void xor(RowDiffs diffs) {
            xors++;
            throw new IllegalStateException("lost");
        }

        @Override
        public boolean isLost() {
            return xors > 0;
        }

        @Override
        public void free() {}
    }

    private final class OneChunk implements RowMemory {
        private final ChunkRows rows;

        OneChunk(ChunkRows rows) {
            this.rows = rows;
        }

        @Override
        public MemoryBudget budget() {
            return budget;
        }

        @Override
        public long reservedBytes(int rowBytes, int count) {
            return memory.reservedBytes(rowBytes, count);
        }

        @Override
        public ChunkRows allocate(int rowBytes, int count, int bank) {
            return rows;
        }

        @Override
        public long segmentBytes() {
            return memory.segmentBytes();
        }
    }

    private void appendTwoWindows() {
        for (int block = 0; block < 2 * WINDOW; block++) {
            timeline.append(epochs.next(timeline.head(), List.of()));
        }
    }
}
