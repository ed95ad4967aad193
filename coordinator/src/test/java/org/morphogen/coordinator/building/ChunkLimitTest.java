package org.morphogen.coordinator.building;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.morphogen.addressing.TableSeeds;
import org.morphogen.coordinator.building.input.CodeHashes;
import org.morphogen.coordinator.building.input.ReadTable;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.morphogen.snapshot.ChunkEntry;
import org.morphogen.snapshot.ChunkGeometry;
import org.morphogen.snapshot.ChunkId;
import org.morphogen.snapshot.Manifest;
import org.morphogen.snapshot.ManifestCodec;
import org.morphogen.snapshot.TableManifest;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class ChunkLimitTest {
    private static final String LONGEST_NAME = "a".repeat(32);
    private static final String SHA_256 = "ab".repeat(32);

    @TempDir
    Path folder;

    @Test
    void tinyChunksOfManyKeysAreRefused() {
        SnapshotPlan plan = Plans.plan(Plans.table(folder, "accounts", "account-32", "a.csv", ""));

        assertThatThrownBy(() -> ChunkLimit.require(Plans.withChunkRows(plan, 128), read(100_000_000)))
                .isInstanceOfSatisfying(
                        MorphogenException.class,
                        failure -> assertThat(failure.reason()).isEqualTo(FailureReason.SETTINGS_INVALID))
                .hasMessageContaining("chunk-rows: the tables would have 868056 chunks");
        assertThatCode(() -> ChunkLimit.require(plan, read(2_000_000_000))).doesNotThrowAnyException();
        assertThatCode(() -> ChunkLimit.require(Plans.withChunkRows(plan, 128), read(1000)))
                .doesNotThrowAnyException();
    }

    @Test
    void theMostChunksFitAManifest() {
        int perWay = (int) (ChunkLimit.MOST / 3);
        // The longest numbers that an entry can have.
        int chunkRows = 1 << 14;
        ChunkGeometry geometry = new ChunkGeometry(32, (long) perWay * chunkRows, chunkRows);
        List<ChunkEntry> chunks = new ArrayList<>();
        for (int way = 0; way < 3; way++) {
            for (int index = 0; index < perWay; index++) {
                chunks.add(new ChunkEntry(
                        way,
                        index,
                        geometry.firstRow(index),
                        geometry.rows(index),
                        new ChunkId(LONGEST_NAME, way, index).fileName(),
                        SHA_256));
            }
        }
        TableSeeds seeds = TableSeeds.derive("seed".getBytes(StandardCharsets.UTF_8), LONGEST_NAME, 3, 0);
        TableManifest table = new TableManifest(
                LONGEST_NAME,
                "account-32",
                32,
                3,
                geometry.rowsPerWay(),
                chunkRows,
                1,
                seeds,
                Optional.empty(),
                chunks);
        Manifest manifest = new Manifest(Manifest.FORMAT, Plans.BLOCK, List.of(), List.of(table));

        assertThat(ManifestCodec.encode(manifest).length).isLessThan(ManifestCodec.MAX_BYTES);
    }

    private List<ReadTable> read(long keys) {
        return List.of(new ReadTable(folder.resolve("none"), keys, SHA_256, new CodeHashes()));
    }
}
