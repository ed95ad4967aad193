package org.morphogen.deploy.launch;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The launcher script and the command line behind it: help, exit codes, clear refusals. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class LauncherIT {
    @TempDir
    private Path folder = Path.of("");

    @Test
    void helpNamesEveryCommand() throws Exception {
        Launched help = Launched.run(folder, Map.of(), "--help");
        assertThat(help.code()).isZero();
        assertThat(help.out())
                .contains("demo", "query", "snapshot", "coordinator", "node", "zookeeper", "admin", "settings");
    }

    @Test
    void saysWhatToInstallWithoutAJdk25() throws Exception {
        Launched refused = Launched.run(folder, Map.of("MORPHOGEN_JAVA_HOME", folder.toString()), "--help");
        assertThat(refused.code()).isOne();
        assertThat(refused.err()).contains("is no JDK 25");
    }

    @Test
    void tellsAllMistakesOfASettingsFileAtOnce() throws Exception {
        Path settings = folder.resolve("node.yaml");
        Files.writeString(settings, """
                party: 2
                nodeld: a
                listen: 127.0.0.1:0
                dataDirectory: data
                memory: lots
                zookeeper:
                  server: ["127.0.0.1:2181"]
                """);
        Launched refused = Launched.run(folder, Map.of(), "node", "--config=" + settings);
        assertThat(refused.code()).isEqualTo(2);
        assertThat(refused.err())
                .contains("nodeld: unknown key; did you mean 'nodeId'?")
                .contains("memory: 'lots' is not a size")
                .contains("zookeeper.server: unknown key; did you mean 'servers'?")
                .doesNotContain("\tat ");
    }

    @Test
    void refusesPlainTextOffLoopback() throws Exception {
        Path settings = folder.resolve("coordinator.yaml");
        Files.writeString(settings, """
                party: 0
                coordinatorId: a
                listen: 0.0.0.0:0
                advertise: 127.0.0.1:7100
                snapshots: .
                zookeeper:
                  servers: ["127.0.0.1:2181"]
                """);
        Launched refused = Launched.run(folder, Map.of(), "coordinator", "--config=" + settings);
        assertThat(refused.code()).isEqualTo(2);
        assertThat(refused.err())
                .contains("0.0.0.0:0 is not a loopback address")
                .doesNotContain("\tat ");
    }

    @Test
    void aMissingSettingsFileIsNamed() throws Exception {
        Launched refused = Launched.run(folder, Map.of(), "node", "--config=nowhere.yaml");
        assertThat(refused.code()).isEqualTo(2);
        assertThat(refused.err()).contains("There is no settings file").contains("nowhere.yaml");
    }

    @Test
    void anUnknownCommandIsWrongUsage() throws Exception {
        Launched refused = Launched.run(folder, Map.of(), "quary");
        assertThat(refused.code()).isEqualTo(2);
        assertThat(refused.err()).contains("quary").contains("morphogen query");
    }

    @Test
    void queryOfNobodyFailsWithoutNamingTheAddress() throws Exception {
        Launched refused = Launched.run(
                folder,
                Map.of(),
                "query",
                "--party0=127.0.0.1:1",
                "--party1=127.0.0.1:2",
                "0x5abfec25f74cd88437631a7731906932776356f9");
        assertThat(refused.code()).isOne();
        assertThat(refused.err()).contains("arty 0").doesNotContain("5abfec25").doesNotContain("\tat ");
    }

    @Test
    void queryTakesABlockByNumberOrHashAlone() throws Exception {
        Launched refused = Launched.run(
                folder,
                Map.of(),
                "query",
                "--party0=127.0.0.1:1",
                "--party1=127.0.0.1:2",
                "--block=newest",
                "0x5abfec25f74cd88437631a7731906932776356f9");
        assertThat(refused.code()).isOne();
        assertThat(refused.err()).contains("its hash of 64 hex digits").doesNotContain("5abfec25");
    }
}
