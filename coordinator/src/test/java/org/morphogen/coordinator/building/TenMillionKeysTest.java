package org.morphogen.coordinator.building;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.morphogen.coordinator.building.cuckoo.CuckooPlacement;
import org.morphogen.coordinator.building.cuckoo.LoadFactor;
import org.morphogen.row.RowValue;

/** Ten million keys at load 0.90, in a process with no more heap than the stated bound. */
@Tag("long")
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class TenMillionKeysTest {
    private static final int KEYS = 10_000_000;
    private static final long SEED = 1;

    /** What a build takes beside the keys: the JVM's own objects, buffers, young objects of the parsers. */
    private static final long FIXED_MIB = 64;

    @TempDir
    Path folder;

    @Test
    void fitTheStatedHeapAndAreAllFoundAgain() throws IOException, InterruptedException {
        Path out = folder.resolve("snapshot");
        long placementMib = Math.ceilDiv(CuckooPlacement.heapBytes(KEYS, LoadFactor.USUAL.rowsPerWay(KEYS)), 1L << 20);
        Process process = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElseThrow(),
                        "-Xmx" + (placementMib + FIXED_MIB) + "m",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        HeapBoundMain.class.getName(),
                        Integer.toString(KEYS),
                        Long.toString(SEED),
                        out.toString())
                .redirectErrorStream(true)
                .start();
        String told = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(process.waitFor()).as(told).isZero();
        System.out.println(told);
        try (SnapshotRows rows = new SnapshotRows(out, "accounts")) {
            assertThat((double) KEYS / (3 * rows.table().rowsPerWay())).isBetween(0.8999, 0.90);
            long[] found = new long[1];
            new RandomAccounts(KEYS, SEED).forEach((address, value) -> {
                List<RowValue> values = rows.find(address);
                found[0] += values.size() == 1 && values.getFirst().equals(value) ? 1 : 0;
            });
            assertThat(found[0]).as("seed %d", SEED).isEqualTo(KEYS);
        }
    }
}
