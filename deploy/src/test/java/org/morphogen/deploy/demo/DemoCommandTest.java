package org.morphogen.deploy.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import picocli.CommandLine;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class DemoCommandTest {
    @Test
    void aNodeIsNotTakenTogetherWithRecordedBlocks() {
        DemoCommand command = CommandLine.populateCommand(new DemoCommand(), "--chain=recorded", "--anvil=any");

        assertThatThrownBy(command::call)
                .isInstanceOfSatisfying(
                        MorphogenException.class,
                        failure -> assertThat(failure.reason()).isEqualTo(FailureReason.SETTINGS_INVALID))
                .hasMessageContaining("leave out --anvil or --chain=recorded");
    }
}
