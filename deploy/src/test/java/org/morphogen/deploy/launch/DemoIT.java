package org.morphogen.deploy.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The demo as a user runs it: its story, its report, and that it leaves nothing behind however it ends. */
@Timeout(value = 6, unit = TimeUnit.MINUTES)
class DemoIT {
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @TempDir
    private Path folder = Path.of("");

    @Test
    void reportsRightAnswersOfEqualShapeAndEndsItsProcesses() throws Exception {
        Launched demo = Launched.run(folder, temporaryFiles(), "demo", "--output=json");
        assertThat(demo.code()).as(demo.err()).isZero();
        JsonNode report = new ObjectMapper().readTree(demo.out());
        assertThat(report.get("accounts").asLong()).isEqualTo(8_893);
        assertThat(report.get("sameShape").asBoolean()).isTrue();
        assertThat(report.get("processes")).hasSize(8);
        assertThat(report.get("lookups"))
                .hasSize(4)
                .allMatch(lookup -> lookup.get("expected").asBoolean());
        assertThat(report.get("changed"))
                .hasSize(4)
                .allMatch(account -> account.get("expected").asBoolean());
        assertThat(report.get("lookups").get(0).get("seen")).hasSizeGreaterThanOrEqualTo(4);
        assertThat(report.get("processes"))
                .allMatch(process -> isGone(process.get("pid").asLong()));
        assertThat(leftFolders()).isEmpty();
    }

    @Test
    void ctrlCLeavesNothingBehind() throws Exception {
        endsCleanly("-INT");
        assertThat(leftFolders()).isEmpty();
    }

    @Test
    void evenAKilledDemoLeavesNoProcess() throws Exception {
        endsCleanly("-KILL");
    }

    private void endsCleanly(String signal) throws Exception {
        Path out = folder.resolve("out");
        Process demo = Launched.start(temporaryFiles(), out, folder.resolve("err"), "demo", "--keep");
        try {
            await().atMost(PATIENCE).until(() -> Files.readString(out).contains("until Ctrl-C"));
            List<Long> pids = pids(Files.readString(out, StandardCharsets.UTF_8));
            assertThat(pids).hasSize(8).noneMatch(DemoIT::isGone);
            new ProcessBuilder("kill", signal, String.valueOf(demo.pid()))
                    .start()
                    .waitFor();
            assertThat(demo.waitFor(60, TimeUnit.SECONDS)).isTrue();
            await().atMost(PATIENCE).until(() -> pids.stream().allMatch(DemoIT::isGone));
        } finally {
            demo.destroyForcibly();
        }
    }

    private static List<Long> pids(String story) {
        return Pattern.compile("\\((\\d+)\\)")
                .matcher(story.substring(story.indexOf("2. The clusters"), story.indexOf("3. The questions")))
                .results()
                .map(match -> Long.valueOf(match.group(1)))
                .toList();
    }

    private static boolean isGone(long pid) {
        return ProcessHandle.of(pid).isEmpty();
    }

    private Map<String, String> temporaryFiles() {
        return Map.of("MORPHOGEN_JAVA_OPTS", "-Djava.io.tmpdir=" + folder);
    }

    private List<Path> leftFolders() throws Exception {
        try (var folders = Files.newDirectoryStream(folder, "morphogen-demo-*")) {
            return StreamSupport.stream(folders.spliterator(), false).toList();
        }
    }
}
