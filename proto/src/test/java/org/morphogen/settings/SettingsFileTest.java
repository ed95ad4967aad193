package org.morphogen.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.morphogen.transport.Endpoint;

@Timeout(20)
final class SettingsFileTest {
    enum Engine {
        VECTOR,
        SCALAR
    }

    record Memory(
            @Setting(value = "Limit.", byDefault = "1GiB") ByteSize limit,
            @Setting("Where.") Optional<Path> folder) {}

    record Sample(
            @Setting("Name of the node.") String name,
            @Setting("Data.") Path data,

            @Setting(value = "Port.", byDefault = "7100") int port,

            @Setting(value = "Long.", byDefault = "5000000000")
            long many,

            @Setting(value = "Share.", byDefault = "0.9") double share,
            @Setting(value = "On.", byDefault = "true") boolean on,

            @Setting(value = "Pause.", byDefault = "30s") Duration pause,

            @Setting(value = "Engine.", byDefault = "vector")
            Engine engine,

            @Setting(value = "Peers.", byDefault = "[]") List<Endpoint> peers,

            @Setting("Public endpoint.") Optional<Endpoint> advertised,
            Memory memory,
            @Setting("Spare.") Optional<Memory> spare) {
        Sample {
            if (share > 1) {
                throw new IllegalArgumentException("share: at most 1");
            }
        }
    }

    @TempDir
    private Path folder;

    @Test
    void whatIsAbsentTakesItsDefault() throws IOException {
        assertThat(load("name: n\ndata: chunks\n"))
                .isEqualTo(new Sample(
                        "n",
                        folder.resolve("chunks"),
                        7100,
                        5_000_000_000L,
                        0.9,
                        true,
                        Duration.ofSeconds(30),
                        Engine.VECTOR,
                        List.of(),
                        Optional.empty(),
                        new Memory(new ByteSize(1L << 30), Optional.empty()),
                        Optional.empty()));
    }

    @Test
    void everythingCanBeSet() throws IOException {
        assertThat(load("""
                        name: "7"
                        data: /var/lib/../data
                        port: 1
                        many: -2
                        share: 1
                        on: false
                        pause: 2 min
                        engine: Scalar
                        peers: ["127.0.0.1:1", "[::1]:2"]
                        advertised: node.example:7
                        memory: {limit: 5MiB, folder: ../spill}
                        spare:
                          folder: x
                        """))
                .isEqualTo(new Sample(
                        "7",
                        Path.of("/var/data"),
                        1,
                        -2,
                        1,
                        false,
                        Duration.ofMinutes(2),
                        Engine.SCALAR,
                        List.of(new Endpoint("127.0.0.1", 1), new Endpoint("::1", 2)),
                        Optional.of(new Endpoint("node.example", 7)),
                        new Memory(new ByteSize(5 << 20), Optional.of(folder.resolveSibling("spill"))),
                        Optional.of(new Memory(new ByteSize(1L << 30), Optional.of(folder.resolve("x"))))));
    }

    @Test
    void allMistakesAreToldAtOnceWithTheirKeys() {
        assertThat(failure("""
                        nane: n
                        port: seven
                        engine: warp
                        pause: 3 weeks
                        on: yes please
                        peers: ["127.0.0.1", "[::1]:2", "x:99999"]
                        memory: {limt: 5MiB, limit: 5 parsecs}
                        spare: 7
                        zzzzzzzzzzzz: 1
                        """))
                .contains("nane: unknown key; did you mean 'name'?")
                .contains("name: is missing (Name of the node.)")
                .contains("data: is missing")
                .contains("port: 'seven' is not a number that fits")
                .contains("engine: 'warp' is none of vector, scalar")
                .contains("pause: '3 weeks' is not a duration")
                .contains("on: 'yes please' is neither true nor false")
                .contains("peers[0]: '127.0.0.1' is not host:port")
                .contains("peers[2]: 'x:99999' is not host:port")
                .contains("memory.limt: unknown key; did you mean 'limit'?")
                .contains("memory.limit: '5 parsecs' is not a size")
                .contains("spare: must hold keys and values")
                .contains("zzzzzzzzzzzz: unknown key; known are name, data, port")
                .doesNotContain("peers[1]");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "port: [1]|port: must be a single value",
                "port: {a: 1}|port: must be a single value",
                "port: 2147483648|port: '2147483648' is not a number that fits",
                "port: 1.5|port: '1.5' is not a number that fits",
                "peers: 127.0.0.1:1|peers: must be a list",
                "share: 1.5|share: at most 1",
                "memory: []|memory: must hold keys and values",
                "name: [n]|name: must be a single value"
            })
    void valuesOfTheWrongFormAreNamed(String line, String said) {
        String rest = line.startsWith("name") ? "data: d\n" : "name: n\ndata: d\n";

        assertThat(failure(rest + line + "\n")).contains(said);
    }

    @Test
    void anEmptyValueIsAnAbsentOne() throws IOException {
        assertThat(load("name: n\ndata: d\nport:\nadvertised: ~\n").port()).isEqualTo(7100);
        assertThat(failure("name:\ndata: d\n")).contains("name: is missing");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "# nothing but a comment\n", "---\n", "{}"})
    void anEmptyFileLacksWhatIsRequired(String yaml) {
        assertThat(failure(yaml)).contains("name: is missing").contains("data: is missing");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "name: n\nname: m\ndata: d\n",
                "name: 'n\n",
                "\tname: n\n",
                "name: n\n  data: d\n",
                "name: \u0000\u0001\n",
                "{{{{",
                "[1, 2"
            })
    void whatIsNotYamlIsRefusedWithItsLine(String yaml) {
        assertThat(failure(yaml)).contains("is not YAML");
    }

    @ParameterizedTest
    @ValueSource(strings = {"just text", "- a\n- b\n", "7"})
    void aFileWithoutKeysIsRefused(String yaml) {
        assertThat(failure(yaml)).contains("must hold keys and values");
    }

    @Test
    void deepNestingIsRefused() {
        assertThat(failure("name: " + "[".repeat(100_000))).contains("settings.yaml");
    }

    @Test
    void garbageIsRefusedAndNothingElseHappens() throws IOException {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int i = 0; i < 200; i++) {
            byte[] bytes = new byte[random.nextInt(200)];
            random.nextBytes(bytes);
            Files.write(file(), bytes);

            assertThat(catchThrowableOfType(MorphogenException.class, () -> SettingsFile.load(file(), Sample.class)))
                    .as("seed %d, file %d", seed, i)
                    .isNotNull();
        }
    }

    @Test
    void aFileThatIsTooLongOrMissingIsRefused() throws IOException {
        assertThat(failure("# " + "x".repeat(1 << 20))).contains("over 1 MiB");
        Files.delete(file());
        assertThat(refusal()).hasMessageContaining("Cannot read the settings file");
        Files.createDirectory(file());
        assertThat(refusal()).hasMessageContaining("settings.yaml");
    }

    private Path file() {
        return folder.resolve("settings.yaml");
    }

    private Sample load(String yaml) throws IOException {
        Files.writeString(file(), yaml, StandardCharsets.UTF_8);
        return SettingsFile.load(file(), Sample.class);
    }

    private String failure(String yaml) {
        try {
            Files.writeString(file(), yaml, StandardCharsets.UTF_8);
        } catch (IOException full) {
            throw new java.io.UncheckedIOException(full);
        }
        return String.valueOf(refusal().getMessage());
    }

    private MorphogenException refusal() {
        MorphogenException refusal =
                catchThrowableOfType(MorphogenException.class, () -> SettingsFile.load(file(), Sample.class));
        assertThat(refusal).isNotNull();
        assertThat(refusal.reason()).isEqualTo(FailureReason.SETTINGS_INVALID);
        return refusal;
    }
}
