package org.morphogen.coordinator.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Builds in a process whose files the operating system keeps below a size, as a full disk does with all files. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
@EnabledOnOs({OS.LINUX, OS.MAC})
class FullDiskTest {
    private static final int LIMIT_KIB = 64;

    @TempDir
    Path folder;

    @Test
    void failsClearlyWhileReading() throws Exception {
        StringBuilder csv = new StringBuilder("address,balance\n");
        for (int i = 0; i < 5000; i++) {
            csv.append("%040x,1%n".formatted(i));
        }
        // 5,000 records of 53 bytes are too much for the spill file.
        failsWithin("account-32", csv.toString());
    }

    @Test
    void failsClearlyWhileWritingTheMatrix() throws Exception {
        // One record of 4 KiB fits, chunks of 128 rows do not.
        failsWithin("bytes-4096", "key,value\n01,02\n");
    }

    private void failsWithin(String schema, String csv) throws IOException, InterruptedException {
        Files.writeString(folder.resolve("a.csv"), csv);
        Path place = Files.createDirectory(folder.resolve("place"));
        String hash = "0x" + "ab".repeat(32);
        String java = ProcessHandle.current().info().command().orElseThrow();
        Process process = new ProcessBuilder(
                        "bash",
                        "-c",
                        "ulimit -f " + LIMIT_KIB + " && exec \"$@\"",
                        "bash",
                        java,
                        "-Xmx256m",
                        "-XX:-UsePerfData",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        SnapshotMain.class.getName(),
                        "build",
                        "--out=" + place.resolve("snapshot"),
                        "--block-number=1",
                        "--block-hash=" + hash,
                        "--state-root=" + hash,
                        "--table=t",
                        "--schema=" + schema,
                        "--input=" + folder.resolve("a.csv"))
                .redirectErrorStream(true)
                .start();
        String told = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(process.waitFor()).as(told).isEqualTo(ExitCode.FAILED);
        assertThat(told)
                .contains("error: Cannot build " + place.resolve("snapshot"))
                .contains("File too large")
                .contains("Check the disk");
        assertThat(place).isEmptyDirectory();
    }
}
