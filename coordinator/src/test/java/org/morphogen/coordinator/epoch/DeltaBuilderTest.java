package org.morphogen.coordinator.epoch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.morphogen.coordinator.building.BuildListener;
import org.morphogen.coordinator.building.SnapshotBuilder;
import org.morphogen.coordinator.building.SnapshotPlan;
import org.morphogen.coordinator.building.TablePlan;
import org.morphogen.coordinator.feed.Wanted;
import org.morphogen.row.RowSchema;
import org.morphogen.snapshot.BlockInfo;
import org.morphogen.snapshot.SnapshotDirectory;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class DeltaBuilderTest {
    private static final BlockInfo BLOCK = new BlockInfo(7, "0x" + "ab".repeat(32), "0x" + "cd".repeat(32));
    private static final String ADDRESS = "0x" + "11".repeat(20);

    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource({
        "account-32, account-64, ACCOUNTS",
        "account-32, slot-48, ACCOUNTS_AND_SLOTS",
        "slot-48, account-64, ACCOUNTS_AND_SLOTS",
    })
    void wantsSlotsWhereThereIsATableOfThem(String one, String other, Wanted wanted) throws IOException {
        List<TablePlan> tables = new ArrayList<>();
        for (String schema : List.of(one, other)) {
            Path input = Files.writeString(folder.resolve(schema + ".jsonl"), entry(schema));
            tables.add(TablePlan.of(schema, RowSchema.parse(schema), input));
        }
        Path out = folder.resolve("snapshot");
        SnapshotBuilder.build(SnapshotPlan.usual(BLOCK, tables), out, BuildListener.SILENT);

        assertThat(DeltaBuilder.open(SnapshotDirectory.open(out)).wanted()).isEqualTo(wanted);
    }

    private static String entry(String schema) {
        String fields = schema.startsWith("slot") ? "\"slot\":\"0x1\",\"value\":\"0x5\"" : "\"balance\":\"1\"";
        return "{\"address\":\"" + ADDRESS + "\"," + fields + "}\n";
    }
}
