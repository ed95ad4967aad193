package org.morphogen.coordinator.building.cuckoo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;

@Timeout(value = 10, unit = TimeUnit.SECONDS)
class LoadFactorTest {
    @ParameterizedTest
    @CsvSource({
        "0, 0.90, 128",
        "1, 0.90, 128",
        "345, 0.90, 128",
        "346, 0.90, 256",
        "8893, 0.90, 3328",
        "10000000, 0.90, 3703808",
        "300, 0.50, 256",
        "351, 0.915, 128",
    })
    void rowsAreTheFewestWholeLeavesThatHoldTheLoad(long keys, double load, long rows) {
        assertThat(new LoadFactor(load).rowsPerWay(keys)).isEqualTo(rows);
        assertThat(keys / (3.0 * rows)).isLessThanOrEqualTo(load);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.4999, 0.9151, 1, 0, -1, Double.NaN, Double.POSITIVE_INFINITY})
    void refusesLoadsThatWasteOrFail(double load) {
        assertThatThrownBy(() -> new LoadFactor(load))
                .isInstanceOfSatisfying(
                        MorphogenException.class,
                        failure -> assertThat(failure.reason()).isEqualTo(FailureReason.SETTINGS_INVALID))
                .hasMessageContaining("load");
    }

    @Test
    void usualLoadIsNineTenths() {
        assertThat(LoadFactor.USUAL.value()).isEqualTo(0.90);
    }
}
