package org.morphogen.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(value = 10, unit = TimeUnit.SECONDS)
class ChunkGeometryTest {
    @ParameterizedTest
    @CsvSource({"16, 67108864", "32, 33554432", "48, 16777216", "64, 16777216", "256, 4194304", "4096, 262144"})
    void largestChunkIsAPowerOfTwoWithinOneGibibyte(int rowBytes, int rows) {
        assertThat(ChunkGeometry.largestChunkRows(rowBytes)).isEqualTo(rows);
        assertThat((long) rows * rowBytes).isLessThanOrEqualTo(ChunkGeometry.MAX_CHUNK_BYTES);
        assertThat(2L * rows * rowBytes).isGreaterThan(ChunkGeometry.MAX_CHUNK_BYTES);
    }

    @ParameterizedTest
    @CsvSource({"128, 128, 1, 128", "384, 256, 2, 128", "512, 256, 2, 256", "3328, 1024, 4, 256"})
    void chunksCoverTheWayWithoutGaps(long rowsPerWay, int chunkRows, int chunks, int lastRows) {
        ChunkGeometry geometry = new ChunkGeometry(32, rowsPerWay, chunkRows);

        assertThat(geometry.chunksPerWay()).isEqualTo(chunks);
        long next = 0;
        for (int index = 0; index < chunks; index++) {
            assertThat(geometry.firstRow(index)).isEqualTo(next);
            next += geometry.rows(index);
        }
        assertThat(next).isEqualTo(rowsPerWay);
        assertThat(geometry.rows(chunks - 1)).isEqualTo(lastRows);
        assertThatThrownBy(() -> geometry.rows(chunks)).hasMessageContaining("index");
        assertThatThrownBy(() -> geometry.firstRow(-1)).hasMessageContaining("index");
    }

    @ParameterizedTest
    @CsvSource({
        "8, 128, 128, rowBytes",
        "40, 128, 128, rowBytes",
        "4112, 128, 128, rowBytes",
        "32, 0, 128, rowsPerWay",
        "32, 100, 128, rowsPerWay",
        "32, 1099511627904, 128, rowsPerWay",
        "32, 128, 64, chunkRows",
        "32, 128, 384, chunkRows",
        "32, 128, 67108864, chunkRows",
        "32, 1099511627776, 128, chunkRows",
    })
    void refusesWhatNoWayCanBe(int rowBytes, long rowsPerWay, int chunkRows, String field) {
        assertThatThrownBy(() -> new ChunkGeometry(rowBytes, rowsPerWay, chunkRows))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(field);
    }

    @Test
    void chunkIsTheLeavesBelowOneNode() {
        assertThat(new ChunkGeometry(32, 1 << 20, 1 << 14).chunkLevel()).isEqualTo(6);
        assertThat(new ChunkGeometry(32, 384, 256).chunkLevel()).isEqualTo(1);
        assertThat(new ChunkGeometry(32, 384, 1024).chunkLevel()).isZero();
    }
}
