package org.morphogen.node;

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
import org.morphogen.node.engine.EngineFinding;

@Timeout(value = 30, unit = TimeUnit.SECONDS)
class EngineChoiceTest {
    @ParameterizedTest
    @EnumSource(names = "AUTO", mode = EnumSource.Mode.EXCLUDE)
    void aForcedEngineRunsOrIsRefusedWithItsReason(EngineChoice choice) {
        switch (choice.find(0)) {
            case EngineFinding.Runs runs ->
                assertThat(choice.open(0).name())
                        .isEqualTo(runs.engine().name())
                        .isEqualTo(choice.name().toLowerCase(Locale.ROOT));
            case EngineFinding.Lacks lacks ->
                assertThatThrownBy(() -> choice.open(0))
                        .hasMessageContaining(lacks.reason())
                        .isInstanceOfSatisfying(
                                MorphogenException.class,
                                failure -> assertThat(failure.reason()).isEqualTo(FailureReason.SETTINGS_INVALID));
        }
    }

    @Test
    void autoAlwaysFindsOne() {
        assertThat(EngineChoice.AUTO.find(0)).isInstanceOf(EngineFinding.Runs.class);
        assertThat(EngineChoice.AUTO.open(0).newScan()).isNotNull();
    }
}
