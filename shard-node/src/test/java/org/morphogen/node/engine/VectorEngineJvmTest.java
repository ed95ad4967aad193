package org.morphogen.node.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.morphogen.node.EngineChoice;

/** The vector engine in JVMs of other flags than ours. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class VectorEngineJvmTest {
    @Test
    void isRefusedWithoutItsModule() throws IOException, InterruptedException {
        assertThat(child(EngineChoice.VECTOR, List.of()))
                .contains("--add-modules jdk.incubator.vector")
                .doesNotContain("agrees");
    }

    @Test
    void isNotLoadedWithoutItsModule() throws IOException, InterruptedException {
        assertThat(child(EngineChoice.AUTO, List.of())).contains(" agrees").doesNotContain("NoClassDefFoundError");
    }

    @Test
    void agreesOnAMachineWithNarrowerVectors() throws IOException, InterruptedException {
        List<String> narrow = new ArrayList<>(List.of("--add-modules", "jdk.incubator.vector"));
        if (System.getProperty("os.arch").equals("amd64")) {
            narrow.add("-XX:UseAVX=2");
        }
        assertThat(child(EngineChoice.VECTOR, narrow)).contains("vector agrees");
    }

    private static String child(EngineChoice choice, List<String> flags) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(flags);
        command.addAll(List.of(
                "--enable-native-access=ALL-UNNAMED",
                "-Xmx256m",
                "-cp",
                System.getProperty("java.class.path"),
                EngineAgreement.class.getName(),
                choice.name()));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return said;
    }
}
