package org.morphogen.node.query;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.morphogen.snapshot.ChunkGeometry;

@Timeout(value = 30, unit = TimeUnit.SECONDS)
class StepGeometryTest {
    @Test
    void cutsAFullChunkOfSmallRows() {
        StepGeometry steps = StepGeometry.of(new ChunkGeometry(32, 1L << 30, 1 << 25));

        assertThat(steps.stepRows()).isEqualTo(1 << 17);
        assertThat(steps.level()).isEqualTo(13);
        assertThat(steps.stepsPerChunk()).isEqualTo(256);
        assertThat(steps.tileRows()).isEqualTo(1 << 15);
        assertThat(steps.stepsPerUnit()).isEqualTo(8);
        assertThat(steps.firstNode(3)).isEqualTo(768);
    }

    @Test
    void tilesOfLargeRowsAreWhole() {
        StepGeometry steps = StepGeometry.of(new ChunkGeometry(4096, 1L << 20, 1 << 18));

        assertThat(steps.stepRows()).isEqualTo(4096);
        assertThat(steps.tileRows()).isEqualTo(1024);
        assertThat(steps.stepsPerUnit()).isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource({"128,128", "128,1024", "384,1024", "640,128", "1280,256", "131200,131072", "1000064,65536"})
    void stepsMeetTheTree(long rowsPerWay, int chunkRows) {
        ChunkGeometry chunks = new ChunkGeometry(16, rowsPerWay, chunkRows);
        StepGeometry steps = StepGeometry.of(chunks);

        assertThat(((long) steps.stepRows() / 128) << steps.level())
                .as("leaves below all nodes of the level")
                .isEqualTo(chunks.domain().leaves());
        for (int chunk = 0; chunk < chunks.chunksPerWay(); chunk++) {
            assertThat(steps.firstNode(chunk) * steps.stepRows()).isEqualTo(chunks.firstRow(chunk));
            assertThat(steps.usedSteps(chunks.rows(chunk))).isLessThanOrEqualTo(steps.stepsPerChunk());
        }
        assertThat(steps.stepRows() % steps.tileRows()).isZero();
    }
}
