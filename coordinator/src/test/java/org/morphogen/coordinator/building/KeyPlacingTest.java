package org.morphogen.coordinator.building;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.morphogen.coordinator.building.cuckoo.CandidateRows;
import org.morphogen.coordinator.building.spill.SpillFile;
import org.morphogen.coordinator.building.spill.SpillWriter;
import org.morphogen.coordinator.building.workers.BuildWorkers;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.morphogen.row.RowSchema;

/** Placements that cannot work. */
@Timeout(value = 20, unit = TimeUnit.SECONDS)
class KeyPlacingTest {
    private static final RowSchema SCHEMA = RowSchema.parse("bytes-16");

    @TempDir
    Path folder;

    @Test
    void givesUpAfterSixteenSeeds() throws IOException {
        List<Integer> failed = new ArrayList<>();
        place(385, 128, failed, FailureReason.SETTINGS_INVALID, "load: ");
        assertThat(failed).isEqualTo(IntStream.rangeClosed(1, 16).boxed().toList());
    }

    @Test
    void tooLittleHeapIsToldBeforeItRunsOut() throws IOException {
        place(10, CandidateRows.MAX, new ArrayList<>(), FailureReason.CAPACITY_LACKING, "-Xmx");
    }

    private void place(int keys, int rowsPerWay, List<Integer> failed, FailureReason reason, String told)
            throws IOException {
        Path file = folder.resolve("entries");
        try (SpillWriter writer = new SpillWriter(file, SCHEMA)) {
            for (int key = 0; key < keys; key++) {
                byte[] bytes = ByteBuffer.allocate(Integer.BYTES).putInt(key).array();
                writer.append(key, bytes, bytes.length, new byte[16]);
            }
        }
        TablePlan table = Plans.table(folder, "blobs", SCHEMA.name(), "b.csv", "");
        BuildListener listener = new BuildListener() {
            @Override
            public void progress(String name, Stage stage, long done, long of) {}

            @Override
            public void placementFailed(String name, int attempt) {
                failed.add(attempt);
            }
        };
        try (SpillFile spill = SpillFile.open(file, SCHEMA);
                BuildWorkers workers = new BuildWorkers(1)) {
            KeyPlacing placing = new KeyPlacing(Plans.plan(table), table, spill, workers, listener);
            assertThatThrownBy(() -> placing.place(rowsPerWay))
                    .isInstanceOfSatisfying(
                            MorphogenException.class,
                            failure -> assertThat(failure.reason()).isEqualTo(reason))
                    .hasMessageContaining(told);
        }
    }
}
