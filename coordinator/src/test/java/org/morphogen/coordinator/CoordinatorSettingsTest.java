package org.morphogen.coordinator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.morphogen.failure.MorphogenException;
import org.morphogen.settings.SettingsFile;

@Timeout(value = 10, unit = TimeUnit.SECONDS)
class CoordinatorSettingsTest {
    private static final String LEAST = """
            party: 1
            coordinatorId: c1
            listen: 127.0.0.1:0
            snapshots: snapshots
            zookeeper:
              servers: ["127.0.0.1:2181"]
            """;

    @TempDir
    Path folder;

    @Test
    void mostKeysHaveDefaults() throws IOException {
        CoordinatorSettings settings = load(LEAST);

        assertThat(settings.replicas()).isEqualTo(2);
        assertThat(settings.retiredGenerationGrace()).isEqualTo(Duration.ofHours(1));
        assertThat(settings.loadTimeout()).isEqualTo(Duration.ofHours(1));
        assertThat(settings.tls().isEmpty()).isTrue();
        assertThat(settings.advertise()).isEmpty();
        assertThat(settings.snapshots()).isEqualTo(folder.resolve("snapshots"));
    }

    @Test
    void refusesWhatCannotWork() {
        assertThatThrownBy(() -> load(LEAST.replace("party: 1", "party: 2"))).hasMessageContaining("party: 2");
        assertThatThrownBy(() -> load(LEAST.replace("127.0.0.1:0", "0.0.0.0:7000")))
                .hasMessageContaining("advertise: needed");
        assertThatThrownBy(() -> load(LEAST + "advertise: 127.0.0.1:0\n")).hasMessageContaining("advertise: port 0");
        assertThatThrownBy(() -> load(LEAST + "replicas: 0\n")).hasMessageContaining("replicas");
        assertThatThrownBy(() -> load(LEAST + "replica: 3\n"))
                .isInstanceOf(MorphogenException.class)
                .hasMessageContaining("did you mean 'replicas'");
        assertThatThrownBy(() -> load(LEAST.replace("c1", "../c1"))).hasMessageContaining("not an id");
    }

    @Test
    void theEthereumNodesPasswordIsToldToNobody() throws IOException {
        CoordinatorSettings settings = load(LEAST + "ethereumNode: http://user:geheim@127.0.0.1:8545\n");
        assertThat(settings.ethereumNode())
                .hasValueSatisfying(address -> assertThat(address).contains("geheim"));
        assertThat(settings.toString()).doesNotContain("geheim").contains("c1");
        assertThatThrownBy(() -> load(LEAST + "ethereumNode: ftp://user:geheim@127.0.0.1\n"))
                .hasMessageContaining("ethereumNode")
                .hasMessageNotContaining("geheim");
    }

    private CoordinatorSettings load(String yaml) throws IOException {
        Path file = folder.resolve("coordinator.yaml");
        Files.writeString(file, yaml);
        return SettingsFile.load(file, CoordinatorSettings.class);
    }
}
