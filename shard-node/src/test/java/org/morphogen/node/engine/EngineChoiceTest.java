package org.morphogen.node.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;

@Timeout(value = 30, unit = TimeUnit.SECONDS)
class EngineChoiceTest {
    @ParameterizedTest
    @EnumSource(names = "AUTO", mode = EnumSource.Mode.EXCLUDE)
    void aForcedEngineRunsOrIsRefusedWithItsReason(EngineChoice choice) {
        switch (choice.find()) {
            case EngineFinding.Runs runs ->
                assertThat(choice.open().name())
                        .isEqualTo(runs.engine().name())
                        .isEqualTo(choice.name().toLowerCase(Locale.ROOT));
            case EngineFinding.Lacks lacks ->
                assertThatThrownBy(choice::open)
                        .hasMessageContaining(lacks.reason())
                        .isInstanceOfSatisfying(
                                MorphogenException.class,
                                failure -> assertThat(failure.reason()).isEqualTo(FailureReason.SETTINGS_INVALID));
        }
    }

    @Test
    void autoAlwaysFindsOne() {
        assertThat(EngineChoice.AUTO.find()).isInstanceOf(EngineFinding.Runs.class);
        assertThat(EngineChoice.AUTO.open().newScan()).isNotNull();
    }
}
