package org.morphogen.deploy.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.morphogen.deploy.TestScript;

/** The demo as a user runs it: its story, its report, and that it leaves nothing behind however it ends. */
@Timeout(value = 6, unit = TimeUnit.MINUTES)
class DemoIT {
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @TempDir
    private Path folder = Path.of("");

    /** Also where npm cannot install an Ethereum node. */
    @Test
    void reportsRightAnswersOfEqualShapeAndEndsItsProcesses() throws Exception {
        TestScript.write(folder.resolve("bin").resolve("npm"), "echo npm error code EOFFLINE; exit 1");
        Map<String, String> environment = new HashMap<>(temporaryFiles());
        environment.put("PATH", folder.resolve("bin") + ":" + System.getenv("PATH"));
        JsonNode report = report(environment, "demo", "--output=json");
        assertThat(report.get("chain").get("what").asText()).contains("recorded");
        assertThat(report.get("chain").get("why").asText()).contains("code EOFFLINE");
        assertThat(report.get("chain").get("node").isNull()).isTrue();
    }

    @Test
    void ctrlCLeavesNothingBehind() throws Exception {
        endsCleanly("-INT", 8, "--chain=recorded");
        assertThat(leftFolders()).isEmpty();
    }

    @Test
    void evenAKilledDemoLeavesNoProcess() throws Exception {
        endsCleanly("-KILL", 8, "--chain=recorded");
    }

    /** With {@code -Plong -Danvil.path=FILE}. */
    @Test
    @Tag("long")
    @EnabledIfSystemProperty(named = "anvil.path", matches = ".+", disabledReason = "needs -Danvil.path=FILE")
    void aLiveNodeIsFollowedAndEnded() throws Exception {
        String anvil = "--anvil=" + System.getProperty("anvil.path");
        JsonNode report = report(temporaryFiles(), "demo", "--output=json", "--chain=live", anvil);
        assertThat(report.get("chain").get("why").asText()).isEmpty();
        assertThat(report.get("changed")).hasSizeGreaterThan(8);
        assertThat(isGone(report.get("chain").get("node").get("pid").asLong())).isTrue();
        endsCleanly("-INT", 9, "--chain=live", anvil);
        assertThat(leftFolders()).isEmpty();
        endsCleanly("-KILL", 9, "--chain=live", anvil);
    }

    private JsonNode report(Map<String, String> environment, String... arguments) throws Exception {
        Launched demo = Launched.run(folder, environment, arguments);
        assertThat(demo.code()).as(demo.err()).isZero();
        JsonNode report = new ObjectMapper().readTree(demo.out());
        assertThat(report.get("accounts").asLong()).isEqualTo(8_893);
        assertThat(report.get("sameShape").asBoolean()).isTrue();
        assertThat(report.get("processes")).hasSize(8);
        assertThat(report.get("lookups"))
                .hasSize(4)
                .allMatch(lookup -> lookup.get("expected").asBoolean());
        assertThat(report.get("changed"))
                .hasSizeGreaterThan(4)
                .allMatch(account -> account.get("expected").asBoolean());
        assertThat(report.get("lookups").get(0).get("seen")).hasSizeGreaterThanOrEqualTo(4);
        assertThat(report.get("processes"))
                .allMatch(process -> isGone(process.get("pid").asLong()));
        assertThat(leftFolders()).isEmpty();
        return report;
    }

    private void endsCleanly(String signal, int processes, String... options) throws Exception {
        Path out = Files.createTempFile(folder, "story", ".txt");
        List<String> arguments = new ArrayList<>(List.of("demo", "--keep"));
        arguments.addAll(List.of(options));
        Process demo = Launched.start(temporaryFiles(), out, folder.resolve("err"), arguments.toArray(String[]::new));
        try {
            await().atMost(PATIENCE).until(() -> Files.readString(out).contains("until Ctrl-C"));
            List<Long> pids = pids(Files.readString(out, StandardCharsets.UTF_8));
            assertThat(pids).hasSize(processes).noneMatch(DemoIT::isGone);
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
