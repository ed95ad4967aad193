package org.morphogen.node.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class ScanShapeTest {
    private static final long GIB = 1L << 30;
    private static final GpuFacts H200 = gpu("H200", 9, 0, 132, 227, 228);
    private static final GpuFacts A100 = gpu("A100", 8, 0, 108, 163, 164);
    private static final GpuFacts L4 = gpu("L4", 8, 9, 58, 99, 100);

    static Stream<GpuFacts> gpus() {
        return Stream.of(H200, A100, L4);
    }

    private static GpuFacts gpu(String name, int major, int minor, int processors, int blockKib, int processorKib) {
        return new GpuFacts(0, name, major, minor, processors, blockKib << 10, processorKib << 10, 64 * GIB, 64 * GIB);
    }

    @ParameterizedTest
    @MethodSource("gpus")
    void everyPassFitsTheGpuAndCoversAllRows(GpuFacts gpu) {
        for (int keys = 1; keys <= ScanShape.MOST_KEYS; keys++) {
            for (int rowBytes = 16; rowBytes <= 32 << 10; rowBytes += rowBytes < 512 ? 16 : 2032) {
                for (int height = 0; height <= 19; height++) {
                    check(gpu, keys, rowBytes / 16 * 4, height, 1 << height);
                    check(gpu, keys, rowBytes / 16 * 4, height, (1 << height) / 2 + 1);
                }
            }
        }
    }

    private static void check(GpuFacts gpu, int keys, int rowWords, int height, int leaves) {
        ScanShape shape = ScanShape.of(gpu, keys, rowWords, height, leaves);
        String what = shape + " for " + keys + " keys, " + rowWords + " words, height " + height;
        assertThat(shape.sharedBytes()).as(what).isLessThanOrEqualTo(gpu.sharedBytesPerBlock());
        assertThat(shape.tileHeight()).as(what).isBetween(Math.min(1, height), height);
        assertThat(shape.blockWords() % 4).as(what).isZero();
        assertThat(shape.gridY() * shape.blockWords()).as(what).isGreaterThanOrEqualTo(rowWords);
        assertThat((shape.gridY() - 1) * shape.blockWords()).as(what).isLessThan(rowWords);
        assertThat(shape.gridX()).as(what).isPositive();
        assertThat((shape.gridX() - 1) << shape.tileHeight()).as(what).isLessThan(leaves);
        assertThat(shape.stretchTiles()).as(what).isPositive();
    }

    @ParameterizedTest
    @MethodSource("gpus")
    void aWholeChunkOccupiesTheGpuEvenly(GpuFacts gpu) {
        for (int keys : new int[] {1, 8, 16, 32, 64}) {
            for (int rowBytes : new int[] {32, 64, 256, 1024, 4096, 32768}) {
                int leaves = (int) (GIB / rowBytes / 128);
                ScanShape shape = ScanShape.of(gpu, keys, rowBytes / 4, Integer.numberOfTrailingZeros(leaves), leaves);
                int tiles = leaves >> shape.tileHeight();
                assertThat(shape.gridX() * shape.gridY())
                        .as("%s", shape)
                        .isGreaterThanOrEqualTo(Math.min(gpu.multiprocessors() * 9 / 10, tiles * shape.gridY()));
                if (shape.gridX() * shape.gridY() <= 3 * gpu.multiprocessors()) {
                    double mostTiles = Math.ceil((double) tiles / shape.gridX());
                    assertThat(mostTiles * shape.gridX() / tiles)
                            .as("what the longest block takes, %d keys, rows of %d: %s", keys, rowBytes, shape)
                            .isLessThan(1.5);
                }
            }
        }
    }

    @Test
    void takesTheKernelThatHasRoomForTheKeys() {
        for (int keys = 1; keys <= 64; keys++) {
            int room = keys <= 8 ? 8 : keys <= 16 ? 16 : keys <= 32 ? 32 : 64;
            assertThat(ScanShape.of(H200, keys, 8, 18, 1 << 18).kernel()).isEqualTo("scan_" + room);
        }
        assertThatIllegalArgumentException().isThrownBy(() -> ScanShape.of(H200, 65, 8, 18, 1 << 18));
        assertThatIllegalArgumentException().isThrownBy(() -> ScanShape.of(H200, 0, 8, 18, 1 << 18));
    }
}
