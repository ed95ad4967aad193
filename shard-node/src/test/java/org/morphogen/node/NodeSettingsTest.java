package org.morphogen.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.morphogen.node.engine.ScalarEngine;
import org.morphogen.settings.SettingsFile;
import org.morphogen.transport.Endpoint;

@Timeout(value = 30, unit = TimeUnit.SECONDS)
class NodeSettingsTest {
    private static final String LEAST = """
            party: 1
            nodeId: node-a
            listen: 127.0.0.1:0
            dataDirectory: data
            memory: 64GiB
            zookeeper:
              servers: ["127.0.0.1:2181"]
            """;

    @TempDir
    private Path folder;

    @Test
    void needsLittle() throws IOException {
        NodeSettings settings = load(LEAST);

        assertThat(settings.listen()).isEqualTo(new Endpoint("127.0.0.1", 0));
        assertThat(settings.dataDirectory()).isEqualTo(folder.resolve("data"));
        assertThat(settings.memory().bytes()).isEqualTo(64L << 30);
        assertThat(settings.engine()).isEqualTo(EngineChoice.AUTO);
        assertThat(settings.scanThreadCount(new ScalarEngine()))
                .isEqualTo(Runtime.getRuntime().availableProcessors());
        assertThat(settings.tls().isEmpty()).isTrue();
        assertThat(settings.queryLimits().maxQueriesInFlight()).isEqualTo(256);
    }

    @Test
    void suggestsTheKeyThatWasMeant() {
        assertThatThrownBy(() -> load(LEAST + "scanTreads: 4\n"))
                .hasMessageContaining("scanTreads")
                .hasMessageContaining("scanThreads");
    }

    @Test
    void refusesImpossibleValues() {
        assertThatThrownBy(() -> load(LEAST.replace("party: 1", "party: 2"))).hasMessageContaining("party");
        assertThatThrownBy(() -> load(LEAST.replace("node-a", "a/b"))).hasMessageContaining("a/b");
        assertThatThrownBy(() -> load(LEAST.replace("64GiB", "1KiB"))).hasMessageContaining("memory");
        assertThatThrownBy(() -> load(LEAST + "engine: abacus\n")).hasMessageContaining("engine");
        assertThatThrownBy(() -> load(LEAST + "scanThreads: -1\n")).hasMessageContaining("scanThreads");
        assertThatThrownBy(() -> load(LEAST + "advertise: 127.0.0.1:0\n")).hasMessageContaining("advertise");
        assertThatThrownBy(() -> load(LEAST.replace("127.0.0.1:0", "0.0.0.0:7000")))
                .hasMessageContaining("advertise");
        assertThatThrownBy(() -> load(LEAST + "maxKeysInFlight: 0\n")).hasMessageContaining("maxKeysInFlight");
    }

    private NodeSettings load(String yaml) throws IOException {
        return SettingsFile.load(Files.writeString(folder.resolve("node.yaml"), yaml), NodeSettings.class);
    }
}
