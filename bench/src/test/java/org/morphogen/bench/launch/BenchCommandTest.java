package org.morphogen.bench.launch;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Each benchmark once, small: that it runs, not how fast. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class BenchCommandTest {
    @TempDir
    private Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void scanWritesItsReports() throws Exception {
        Path json = folder.resolve("scan.json");
        Path svg = folder.resolve("scan.svg");
        int code = run(
                "scan",
                "--memory=3MiB",
                "--row-bytes=32,1024",
                "--rounds=1",
                "--engine=scalar",
                "--json=" + json,
                "--svg=" + svg);

        assertThat(code).as(err.toString()).isZero();
        assertThat(out.toString()).contains("scalar, 32 B rows").contains("scalar, 1024 B rows");
        JsonNode report = new ObjectMapper().readTree(json.toFile());
        assertThat(report.get("results")).hasSize(2);
        assertThat(report.at("/results/0/figure/median").asDouble()).isPositive();
        assertThat(report.at("/machine/processors").asInt()).isPositive();
        assertThat(DocumentBuilderFactory.newInstance()
                        .newDocumentBuilder()
                        .parse(svg.toFile())
                        .getElementsByTagName("rect")
                        .getLength())
                .isEqualTo(2);
    }

    @Test
    void batchMeasuresEveryEngineThatRuns() {
        int code = run("batch", "--memory=1MiB", "--row-bytes=64", "--keys=9", "--threads=1", "--rounds=1");

        assertThat(code).as(err.toString()).isZero();
        assertThat(out.toString()).contains("scalar, 9 keys").contains("vector, 9 keys");
    }

    @Test
    void cuckooPlacesAllKeys() {
        int code = run("cuckoo", "--keys=20000", "--load=0.88", "--threads=1,2", "--rounds=1");

        assertThat(code).as(err.toString()).isZero();
        assertThat(out.toString()).contains("20000 keys at load 0.880, 2 threads, finding rows alone");
        assertThat(run("cuckoo", "--load=0.99")).isNotZero();
        assertThat(err.toString()).contains("load: 0.99");
    }

    @Test
    void dpfTellsItsGoal() {
        int code = run("dpf", "--no-share", "--rounds=1");

        assertThat(code).as(err.toString()).isZero();
        assertThat(out.toString()).contains("2^20 leaves").contains("goal at most 2.20");
    }

    @Test
    void wrongOptionsAreWrongUsage() {
        assertThat(run("scan", "--engine=steam")).isEqualTo(2);
        assertThat(err.toString()).contains("steam");
        assertThat(run("scan", "--memory=lots")).isNotZero();
        assertThat(err.toString()).contains("lots");
    }

    private int run(String... arguments) {
        CommandLine commandLine = Main.commandLine();
        commandLine.setOut(new PrintWriter(out, true));
        commandLine.setErr(new PrintWriter(err, true));
        return commandLine.execute(arguments);
    }
}
