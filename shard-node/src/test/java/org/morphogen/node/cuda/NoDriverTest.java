package org.morphogen.node.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is said where there is no driver, or one that does not work, in JVMs of their own. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class NoDriverTest {
    @TempDir
    Path temporary;

    @Test
    void saysInOneSentenceThatThereIsNone() throws IOException, InterruptedException {
        List<String> said = child(List.of("--enable-native-access=ALL-UNNAMED"), "");
        Assumptions.assumeFalse(said.getFirst().startsWith("runs"), "this machine has a GPU");

        assertThat(said).hasSize(2).allMatch(line -> line.startsWith("lacks: ") && line.endsWith("."));
        if (isForJCuda()) {
            assertThat(said).allMatch(line -> line.contains("no NVIDIA driver (libcuda.so.1)") || line.contains("GPU"));
        }
        assertThat(leftBehind()).isEmpty();
    }

    @Test
    void saysWhichFlagIsMissing() throws IOException, InterruptedException {
        Assumptions.assumeTrue(isForJCuda());

        assertThat(child(List.of("--illegal-native-access=deny"), ""))
                .hasSize(2)
                .allMatch(line -> line.contains("--enable-native-access=ALL-UNNAMED"));
    }

    @Test
    void saysThatTheBindingCannotBeLoaded() throws IOException, InterruptedException {
        Assumptions.assumeTrue(isForJCuda());
        String classPath = Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> !entry.contains("jcuda-natives"))
                .collect(Collectors.joining(File.pathSeparator));

        List<String> said = child(List.of("--enable-native-access=ALL-UNNAMED", "-cp", classPath), driver().toString());

        assertThat(said)
                .hasSize(2)
                .allMatch(line -> line.startsWith("lacks: JCuda's binding to the NVIDIA driver cannot be loaded"
                        + " (java.io.IOException: No resource found"));
        assertThat(leftBehind()).isEmpty();
    }

    @Test
    void saysThatTheDriverFindsNoGpu() throws IOException, InterruptedException {
        Assumptions.assumeTrue(isForJCuda());

        List<String> said = child(List.of("--enable-native-access=ALL-UNNAMED"), driver().toString());

        assertThat(said).hasSize(2).allMatch(line -> line.startsWith("lacks: the NVIDIA driver finds no GPU"));
        assertThat(leftBehind()).isEmpty();
    }

    private static boolean isForJCuda() {
        return System.getProperty("os.name").equals("Linux")
                && System.getProperty("os.arch").equals("amd64");
    }

    /** The folder of the driver for the processor, which has no devices. */
    private static Path driver() {
        URL library = NoDriverTest.class.getResource("host/libcuda.so.1");
        Assumptions.assumeTrue(library != null, "the build found no C++ compiler");
        return Path.of(URI.create(String.valueOf(library))).resolveSibling("");
    }

    private List<Path> leftBehind() throws IOException {
        try (Stream<Path> files = Files.list(temporary)) {
            return files.filter(file -> !file.getFileName().toString().startsWith("hsperf"))
                    .toList();
        }
    }

    private List<String> child(List<String> flags, String libraryPath) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xmx256m", "-Djava.io.tmpdir=" + temporary));
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        command.addAll(flags);
        command.add(NoDriverMain.class.getName());
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        if (!libraryPath.isEmpty()) {
            builder.environment().put("LD_LIBRARY_PATH", libraryPath);
        }
        Process process = builder.start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return said.lines().toList();
    }
}
