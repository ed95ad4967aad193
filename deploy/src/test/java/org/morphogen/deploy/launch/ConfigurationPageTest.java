package org.morphogen.deploy.launch;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.morphogen.settings.SettingsReference;

/** docs/configuration.md holds the very tables that the program prints. */
@Timeout(value = 30, unit = TimeUnit.SECONDS)
class ConfigurationPageTest {
    @ParameterizedTest
    @EnumSource(SettingsCommand.Kind.class)
    void pageAndProgramAgree(SettingsCommand.Kind kind) throws Exception {
        String page = Files.readString(Path.of("..", "docs", "configuration.md"));
        assertThat(page)
                .as("paste what 'morphogen settings %s' prints", kind)
                .contains(SettingsReference.markdown(kind.type()));
    }
}
