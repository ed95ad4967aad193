package org.morphogen.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;

/** YAML that is sound and yet means something else than its writer thinks. */
@Timeout(20)
final class OddSettingsTest {
    record Sample(
            @Setting(value = "A folder.", byDefault = "data")
            Path folder,

            @Setting(value = "A part.", byDefault = "0.5") double part,
            @Setting("A name.") Optional<String> name) {}

    @TempDir
    private Path directory;

    @Test
    void anAliasIsNotTakenForItsName() {
        assertThat(refusal("name: &here /data\nfolder: *here\n")).contains("'*here' in line 2");
    }

    @Test
    void aHeapOfAliasesCostsNothing() {
        StringBuilder bomb = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
        for (int i = 1; i < 30; i++) {
            bomb.append("a%d: &a%d [".formatted(i, i))
                    .append("*a%d, ".formatted(i - 1).repeat(9))
                    .append("x]\n");
        }
        assertThat(refusal(bomb.toString())).contains("settings files have no aliases");
    }

    @Test
    void aSecondDocumentIsNotPassedOver() {
        refusal("name: a\n---\nfolder: b\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"NaN", ".nan", ".inf", "Infinity", "-Infinity", "1e999"})
    void numbersAreFinite(String number) {
        assertThat(refusal("part: " + number + "\n")).containsPattern("not a number|Malformed numeric value");
    }

    @Test
    void anEmptyPathIsNotTheFolderOfTheFile() {
        assertThat(refusal("folder: \"\"\n")).contains("folder: must not be empty");
    }

    @Test
    void deepNestingIsRefused() {
        refusal("name: " + "[".repeat(100_000));
        refusal("name: " + "[".repeat(5_000) + "]".repeat(5_000));
    }

    private String refusal(String yaml) {
        Path file = directory.resolve("settings.yaml");
        try {
            Files.writeString(file, yaml);
        } catch (IOException failed) {
            throw new IllegalStateException(failed);
        }
        MorphogenException refusal =
                catchThrowableOfType(MorphogenException.class, () -> SettingsFile.load(file, Sample.class));
        assertThat(refusal).as(yaml).isNotNull();
        assertThat(refusal.reason()).isEqualTo(FailureReason.SETTINGS_INVALID);
        return String.valueOf(refusal.getMessage());
    }
}
