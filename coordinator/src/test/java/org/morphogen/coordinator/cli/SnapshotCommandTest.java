package org.morphogen.coordinator.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.morphogen.coordinator.cli.SnapshotMain.Outcome;
import org.morphogen.snapshot.SnapshotDirectory;

@Timeout(value = 30, unit = TimeUnit.SECONDS)
class SnapshotCommandTest {
    private static final String HASH = "0x" + "AB".repeat(32);

    @TempDir
    Path folder;

    @BeforeEach
    void input() throws IOException {
        Files.writeString(folder.resolve("a.csv"), "address,balance\n%040x,5\n%040x,6\n".formatted(1, 2));
        Files.writeString(
                folder.resolve("s.txt"), "{\"address\":\"%040x\",\"slot\":\"0x1\",\"value\":\"0x2\"}".formatted(1));
    }

    @Test
    void buildsSeveralTablesAndTellsThem() {
        Outcome built = build(
                "--table",
                "accounts",
                "--input",
                folder.resolve("a.csv"),
                "--table",
                "storage",
                "--schema",
                "slot-48",
                "--format",
                "jsonl",
                "--input",
                folder.resolve("s.txt"));

        assertThat(built.err()).isEmpty();
        assertThat(built.exitCode()).isZero();
        assertThat(built.out())
                .contains(SnapshotDirectory.open(out()).digest().hex())
                .containsPattern("accounts +account-32 +2 ")
                .containsPattern("storage +slot-48 +1 ");
    }

    @Test
    void inspectAndVerifyTellAsTextAndAsJson() throws IOException {
        accounts();
        String digest = SnapshotDirectory.open(out()).digest().hex();

        assertThat(SnapshotMain.run("inspect", out()).out()).contains(digest).contains("block       7");
        assertThat(SnapshotMain.run("verify", out()).out()).contains("sound").contains(digest);
        JsonNode inspected = json(SnapshotMain.run("inspect", "--output", "json", out()));
        JsonNode verified = json(SnapshotMain.run("verify", "--output", "json", out()));

        assertThat(inspected.at("/digest").asText()).isEqualTo(digest);
        assertThat(inspected.at("/block/hash").asText()).isEqualTo("0x" + "ab".repeat(32));
        assertThat(inspected.at("/tables/0/keys").asInt()).isEqualTo(2);
        assertThat(inspected.at("/tables/0/chunks").asInt()).isEqualTo(3);
        assertThat(verified.at("/rowsInUse").asInt()).isEqualTo(2);
    }

    @Test
    void threadsOutOfRangeAreToldAndNothingIsLeft() {
        Outcome refused = build("--threads", 0, "--table", "accounts", "--input", folder.resolve("a.csv"));

        assertThat(refused.exitCode()).isNotZero();
        assertThat(refused.err()).contains("threads: 0 is not between 1 and 1024.");
        assertThat(out()).doesNotExist();
        assertThat(build("--threads", 3, "--table", "accounts", "--input", folder.resolve("a.csv"))
                        .exitCode())
                .isZero();
    }

    @Test
    void verifyFailsWithOneLineOnDamage() throws IOException {
        accounts();
        Path chunk = out().resolve("accounts/way-2/chunk-00000.rows");
        byte[] bytes = Files.readAllBytes(chunk);
        bytes[5] ^= 1;
        Files.write(chunk, bytes);

        Outcome verified = SnapshotMain.run("verify", out());

        assertThat(verified.exitCode()).isEqualTo(ExitCode.FAILED);
        assertThat(verified.out()).isEmpty();
        assertThat(verified.err())
                .startsWith("error: ")
                .contains("way-2/chunk-00000.rows")
                .hasLineCount(1);
    }

    @Test
    void inputErrorsAreToldAndNothingIsBuilt() throws IOException {
        Files.writeString(folder.resolve("a.csv"), "address,balance\nx,5\n");

        Outcome built = accounts();

        assertThat(built.exitCode()).isEqualTo(ExitCode.FAILED);
        assertThat(built.err()).contains("a.csv line 2: address").doesNotContain("\tat ");
        assertThat(out()).doesNotExist();
    }

    @ParameterizedTest
    @CsvSource({
        "--load, 0.95, load",
        "--load, x, --load",
        "--chunk-rows, 100, chunkRows",
        "--seed, 12, seed",
        "--schema, account-33, schema",
        "--format, xml, format",
        "--block-hash, 0x12, hash",
        "--state-root, nonsense, stateRoot",
        "--block-number, -1, number",
        "--nonsense, 1, --nonsense",
        "--output, xml, --output",
    })
    void badOptionsAreUsageErrorsThatNameThem(String option, String value, String named) {
        List<Object> options = new ArrayList<>(List.of("--table", "accounts", "--input", folder.resolve("a.csv")));
        options.add(option);
        options.add(value);

        Outcome built = build(options.toArray());

        assertThat(built.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(built.err()).contains(named).doesNotContain("\tat ");
        assertThat(out()).doesNotExist();
    }

    @Test
    void missingFolderAndTakenFolderAreClear() {
        assertThat(SnapshotMain.run("inspect", folder.resolve("none")).err()).contains("There is no manifest.json");
        assertThat(SnapshotMain.run("inspect", folder.resolve("none")).exitCode())
                .isEqualTo(ExitCode.FAILED);
        accounts();
        assertThat(accounts().err()).contains("is there already");
    }

    private Path out() {
        return folder.resolve("snapshot");
    }

    private Outcome accounts() {
        return build("--table", "accounts", "--input", folder.resolve("a.csv"));
    }

    /** Builds with the block's options, unless {@code more} has them. */
    private Outcome build(Object... more) {
        List<Object> args = new ArrayList<>(List.of("build", "--out", out()));
        List<Object> given = List.of(more);
        for (List<Object> option : List.<List<Object>>of(
                List.of("--block-number", 7), List.of("--block-hash", HASH), List.of("--state-root", HASH))) {
            if (!given.contains(option.getFirst())) {
                args.addAll(option);
            }
        }
        args.addAll(given);
        return SnapshotMain.run(args.toArray());
    }

    private static JsonNode json(Outcome outcome) throws IOException {
        assertThat(outcome.exitCode()).isZero();
        return new JsonMapper().readTree(outcome.out());
    }
}
