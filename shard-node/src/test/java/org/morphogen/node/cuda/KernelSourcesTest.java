package org.morphogen.node.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.morphogen.snapshot.Sha256;

/** The PTX that is kept beside the kernels' sources. */
@Timeout(value = 180, unit = TimeUnit.SECONDS)
class KernelSourcesTest {
    private static final Path SOURCES = Path.of("src/main/cuda");
    private static final String COMPILER = "Cuda compilation tools, release ";
    private static final Pattern KERNEL = Pattern.compile(
            "entry function '(\\w+)'.*?(\\d+) bytes spill stores, "
                    + "(\\d+) bytes spill loads.*?Used (\\d+) registers",
            Pattern.DOTALL);
    /** Of one thread; what is spilled is written and read again for every tile at least. */
    private static final int MOST_SPILLED_BYTES = 16;

    @TempDir
    Path folder;

    @Test
    void isThatOfTheSources() throws IOException {
        List<Path> files = new ArrayList<>();
        for (String ending : new String[] {".cu", ".cuh"}) {
            try (Stream<Path> all = Files.list(SOURCES)) {
                all.filter(file -> file.toString().endsWith(ending)).sorted().forEach(files::add);
            }
        }
        StringBuilder sources = new StringBuilder();
        for (Path file : files) {
            sources.append(Files.readString(file));
        }
        assertThat(ptx().lines().findFirst().orElseThrow())
                .as("a kernel was changed: run shard-node/src/main/cuda/compile.sh")
                .endsWith(" " + Sha256.of(sources.toString().getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void isWhatTheCompilerMakesOfThem() throws Exception {
        Optional<String> version = run(List.of("nvcc", "--version"));
        assumeThat(version).as("nvcc is there").isPresent();
        assumeThat(compiler(version.orElseThrow()))
                .as("nvcc is of that release")
                .isEqualTo(compiler(ptx()));

        Path made = folder.resolve("kernels.ptx");
        assertThat(run(List.of("sh", SOURCES.resolve("compile.sh").toString(), made.toString())))
                .isPresent();
        assertThat(Files.readString(made)).isEqualTo(ptx());
    }

    @ParameterizedTest
    @ValueSource(strings = {"sm_80", "sm_90"})
    void assemblesWithFewSpills(String architecture) throws Exception {
        assumeThat(run(List.of("ptxas", "--version"))).as("ptxas is there").isPresent();

        Path ptx = folder.resolve("kernels.ptx");
        Files.writeString(ptx, ptx());
        String made = folder.resolve(architecture).toString();
        String report = run(List.of("ptxas", "-v", "-arch=" + architecture, ptx.toString(), "-o", made))
                .orElseThrow();
        List<MatchResult> kernels = KERNEL.matcher(report).results().toList();
        kernels.forEach(kernel -> System.out.printf(
                "%s %s: %s registers, %s bytes spilled, %s read back%n",
                architecture, kernel.group(1), kernel.group(4), kernel.group(2), kernel.group(3)));
        assertThat(kernels).extracting(kernel -> kernel.group(1)).hasSize(11).contains("scan_8", "scan_64", "correct");
        assertThat(kernels)
                .allSatisfy(kernel -> assertThat(Integer.parseInt(kernel.group(2)))
                        .as(kernel.group(1))
                        .isLessThanOrEqualTo(MOST_SPILLED_BYTES));
    }

    /** Which tests on the processor cannot see: there nothing happens at the same time. */
    @ParameterizedTest
    @ValueSource(strings = {"scan_8", "scan_16", "scan_32", "scan_64", "correct", "merge_rows"})
    void xorsIntoWhatOthersXorIntoAtOnce(String kernel) throws IOException {
        String ptx = ptx();
        int from = ptx.indexOf(".entry " + kernel + "(");
        assertThat(from).isPositive();
        int next = ptx.indexOf(".entry ", from + 1);
        assertThat(ptx.substring(from, next < 0 ? ptx.length() : next))
                .containsPattern("(atom|red)\\.global\\.xor\\.b");
    }

    private static String ptx() throws IOException {
        try (InputStream ptx = CudaEngine.class.getResourceAsStream("kernels.ptx")) {
            return new String(ptx.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static String compiler(String text) {
        return text.lines()
                .filter(line -> line.contains(COMPILER))
                .map(line -> line.substring(line.indexOf(COMPILER) + COMPILER.length()))
                .findFirst()
                .orElse("");
    }

    /** All that a program prints; nothing when it is not there. Fails when the program does. */
    private Optional<String> run(List<String> command) throws IOException, InterruptedException {
        Path said = Files.createTempFile(folder, "said", ".txt");
        Process process;
        try {
            process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(said.toFile())
                    .start();
        } catch (IOException notThere) {
            return Optional.empty();
        }
        assertThat(process.waitFor(120, TimeUnit.SECONDS))
                .as("%s ends", command)
                .isTrue();
        String text = Files.readString(said);
        assertThat(process.exitValue()).as(text).isZero();
        return Optional.of(text);
    }
}
