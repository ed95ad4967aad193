package org.morphogen.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class ManifestCodecTest {
    private static final byte[] SOUND = ManifestCodec.encode(SampleSnapshot.manifest());

    @Test
    void readsWhatItWrites() {
        Manifest manifest = ManifestCodec.decode(SOUND);

        assertThat(manifest).isEqualTo(SampleSnapshot.manifest());
        assertThat(ManifestCodec.encode(manifest)).isEqualTo(SOUND);
    }

    @Test
    void tableWithoutDictionaryHasNoSuchField() {
        TableManifest with = SampleSnapshot.manifest().tables().getFirst();
        TableManifest without = new TableManifest(
                with.name(),
                "slot-48",
                48,
                3,
                128,
                128,
                0,
                with.seeds(),
                Optional.empty(),
                IntStream.range(0, 3)
                        .mapToObj(way -> new ChunkEntry(
                                way, 0, 0, 128, new ChunkId(with.name(), way, 0).fileName(), "0".repeat(64)))
                        .toList());
        Manifest manifest =
                new Manifest(Manifest.FORMAT, SampleSnapshot.manifest().block(), List.of(), List.of(without));

        byte[] bytes = ManifestCodec.encode(manifest);

        assertThat(new String(bytes, StandardCharsets.UTF_8)).doesNotContain("dictionary");
        assertThat(ManifestCodec.decode(bytes)).isEqualTo(manifest);
    }

    @Test
    void digestNamesTheBytes() {
        assertThat(ManifestCodec.digest(SOUND).hex()).isEqualTo(Sha256.of(SOUND));
    }

    /** Replaces the first match of {@code from}, a pattern, and wants the refusal to name the field. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"block\"                     | \"blok\"                       | block",
                "\"keys\" :                    | \"extra\" : 1, \"keys\" :      | extra",
                "\"keys\" : 1000,              | ``                             | keys",
                "\"stateRoot\" : \"0x..        | \"stateRoot\" : \"0x           | block: stateRoot",
                "\"number\" : 7                | \"number\" : -7                | block: number",
                "\"number\" : 7                | \"number\" : 7.5               | block.number",
                "\"number\" : 7                | \"number\" : \"7\"             | block.number",
                "\"number\" : 7                | \"number\" : null              | block.number",
                "\"number\" : 7                | \"number\" : 7, \"number\" : 7 | number",
                "\"keys\" : 1000               | \"keys\" : 1153                | keys",
                "\"keys\" : 1000               | \"keys\" : -1                  | keys",
                "\"keys\" : 1000               | \"keys\" : 99999999999999999999 | keys",
                "\"rowBytes\" : 32             | \"rowBytes\" : 64              | rowBytes",
                "\"ways\" : 3                  | \"ways\" : 9                   | ways",
                "\"ways\" : 3                  | \"ways\" : 2                   | seeds",
                "\"rowsPerWay\" : 384          | \"rowsPerWay\" : 385           | rowsPerWay",
                "\"rowsPerWay\" : 384          | \"rowsPerWay\" : 512           | chunks",
                "\"chunkRows\" : 256           | \"chunkRows\" : 192            | chunkRows",
                "\"chunkRows\" : 256           | \"chunkRows\" : 1073741824     | chunkRows",
                "\"schema\" : \"account-32     | \"schema\" : \"account-33      | schema",
                "\"name\" : \"accounts         | \"name\" : \"../accounts       | name",
                "\"file\" : \"accounts/way-0   | \"file\" : \"../way-0          | chunks[0].file",
                "\"file\" : \"accounts/way-0   | \"file\" : \"/etc              | chunks[0].file",
                "\"file\" : \"accounts/code-ha | \"file\" : \"accounts/../code-ha | dictionary.file",
                "\"sha256\" : \"00             | \"sha256\" : \"0               | sources[0]: sha256",
                "\"sha256\" : \"00             | \"sha256\" : \"0G              | sources[0]: sha256",
                "\"entries\" : 1               | \"entries\" : 0                | entries",
                "\"firstRow\" : 256            | \"firstRow\" : 255             | chunks[1]",
                "\"rows\" : 128                | \"rows\" : 127                 | chunks[1]",
                "\"way\" : 0                   | \"way\" : 1                    | chunks[0]",
                "morphogen-snapshot/2          | morphogen-snapshot/1           | format",
                "\"tag\" : \"..                | \"tag\" : \"                   | seed",
            })
    void refusesAndNamesTheField(String from, String to, String field) {
        String sound = new String(SOUND, StandardCharsets.UTF_8);
        String broken = sound.replaceFirst(from, Matcher.quoteReplacement(to));
        assertThat(broken).isNotEqualTo(sound);

        assertThatThrownBy(() -> ManifestCodec.decode(broken.getBytes(StandardCharsets.UTF_8)))
                .isInstanceOfSatisfying(
                        MorphogenException.class,
                        failure -> assertThat(failure.reason()).isEqualTo(FailureReason.SNAPSHOT_INVALID))
                .hasMessageContaining(field);
    }

    @Test
    void refusesTablesOutOfOrderAndNone() {
        Manifest one = SampleSnapshot.manifest();
        TableManifest table = one.tables().getFirst();

        assertThatThrownBy(() -> new Manifest(Manifest.FORMAT, one.block(), List.of(), List.of(table, table)))
                .hasMessageContaining("tables");
        assertThatThrownBy(() -> new Manifest(Manifest.FORMAT, one.block(), List.of(), List.of()))
                .hasMessageContaining("tables");
    }

    @Test
    void refusesEveryTruncation() {
        for (int length = 0; length < SOUND.length - 1; length += 13) {
            byte[] cut = Arrays.copyOf(SOUND, length);
            assertThatThrownBy(() -> ManifestCodec.decode(cut))
                    .as("first %d of %d bytes", length, SOUND.length)
                    .isInstanceOf(MorphogenException.class)
                    .hasMessageContaining(Manifest.FILE);
        }
    }

    @Test
    void refusesWhatFollowsAndWhatIsTooLarge() {
        String twice = new String(SOUND, StandardCharsets.UTF_8) + "{}";
        assertThatThrownBy(() -> ManifestCodec.decode(twice.getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(MorphogenException.class);
        assertThatThrownBy(() -> ManifestCodec.decode(new byte[ManifestCodec.MAX_BYTES + 1]))
                .isInstanceOf(MorphogenException.class)
                .hasMessageContaining("64 MiB");
    }

    /** Whatever bytes come: a manifest or the failure that says why not, nothing else. */
    @Test
    void neverFailsOtherwiseOnDamagedBytes() {
        long seed = 20_260_101;
        Random random = new Random(seed);
        int refused = 0;
        for (int round = 0; round < 2000; round++) {
            byte[] damaged = SOUND.clone();
            for (int flips = 1 + random.nextInt(3); flips > 0; flips--) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
            }
            try {
                ManifestCodec.decode(damaged);
            } catch (MorphogenException expected) {
                refused++;
                assertThat(expected.reason())
                        .as("seed %d round %d", seed, round)
                        .isEqualTo(FailureReason.SNAPSHOT_INVALID);
            }
        }
        assertThat(refused).as("seed %d", seed).isGreaterThan(500);
    }
}
