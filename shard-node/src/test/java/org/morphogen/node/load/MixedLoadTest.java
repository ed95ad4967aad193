package org.morphogen.node.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.morphogen.node.EngineChoice;

/** No wrong answer, none missing, nothing held that nobody needs. */
class MixedLoadTest {
    private static final long SEED = 20_261;

    @TempDir
    private Path folder;

    @Test
    @Timeout(value = 120, unit = TimeUnit.SECONDS)
    void someSeconds() {
        try (TwoNodes nodes = new TwoNodes(folder, SEED, EngineChoice.AUTO.open(0))) {
            MixedLoad load = new MixedLoad(nodes);
            load.run(Duration.ofSeconds(6), SEED);

            assertThat(load.outcomes().counts())
                    .as("seed %d", SEED)
                    .containsKeys(
                            "right", "QUERY_CANCELLED", "DEADLINE_PASSED", "BUSY", "streams left", "refused babble");
            nodes.assertAllIsGivenBack();
        }
    }

    /** Its resident set is watched, too. */
    @Test
    @Tag("long")
    @Timeout(value = 40, unit = TimeUnit.MINUTES)
    void halfAnHour() throws IOException, InterruptedException {
        Process process = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--add-modules",
                        "jdk.incubator.vector",
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-Xms384m",
                        "-Xmx384m",
                        "-XX:+AlwaysPreTouch",
                        "-XX:MaxDirectMemorySize=256m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        MixedLoadMain.class.getName(),
                        folder.toString(),
                        Long.toString(TimeUnit.MINUTES.toSeconds(30)),
                        Long.toString(SEED)))
                .inheritIO()
                .start();

        assertThat(process.waitFor()).as("exit status").isZero();
    }
}
