package org.morphogen.node.layout;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.morphogen.snapshot.ChunkGeometry;

@Timeout(value = 30, unit = TimeUnit.SECONDS)
class SegmentGeometryTest {
    @Test
    void cutsAFullChunkOfSmallRows() {
        SegmentGeometry segments = SegmentGeometry.of(new ChunkGeometry(32, 1L << 30, 1 << 25), 8 << 20);

        assertThat(segments.segmentRows()).isEqualTo(1 << 18);
        assertThat(segments.level()).isEqualTo(12);
        assertThat(segments.segmentsPerChunk()).isEqualTo(128);
        assertThat(segments.firstNode(3)).isEqualTo(384);
    }

    @ParameterizedTest
    @CsvSource({"128,128", "128,1024", "384,1024", "640,128", "1280,256", "131200,131072", "1000064,65536"})
    void segmentsMeetTheTree(long rowsPerWay, int chunkRows) {
        for (int rowBytes : new int[] {16, 32, 256, 4096}) {
            for (long segmentBytes : new long[] {1, 8 << 20, 1L << 40}) {
                segmentsMeetTheTree(new ChunkGeometry(rowBytes, rowsPerWay, chunkRows), segmentBytes);
            }
        }
    }

    private static void segmentsMeetTheTree(ChunkGeometry chunks, long segmentBytes) {
        SegmentGeometry segments = SegmentGeometry.of(chunks, segmentBytes);
        int tile = Math.min(SlicedLayout.TILE_ROWS, segments.segmentRows() * segments.segmentsPerChunk());

        assertThat((long) segments.segmentRows())
                .isBetween((long) tile, Math.max(tile, segmentBytes / chunks.rowBytes()));
        assertThat(((long) segments.segmentRows() / 128) << segments.level())
                .as("leaves below all nodes of the level")
                .isEqualTo(chunks.domain().leaves());
        for (int chunk = 0; chunk < chunks.chunksPerWay(); chunk++) {
            assertThat(segments.firstNode(chunk) * segments.segmentRows()).isEqualTo(chunks.firstRow(chunk));
            assertThat(segments.usedSegments(chunks.bytes(chunk))).isBetween(1, segments.segmentsPerChunk());
        }
    }
}
