package org.morphogen.coordinator.building.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(value = 10, unit = TimeUnit.SECONDS)
class InputFormatTest {
    @ParameterizedTest
    @CsvSource({
        "genesis.json, GETH_GENESIS",
        "genesis.JSON.gz, GETH_GENESIS",
        "a.csv, CSV",
        "a.b.csv.gz, CSV",
        "x.jsonl, JSON_LINES",
        "x.ndjson.gz, JSON_LINES",
    })
    void fileNamesTellTheFormat(String name, InputFormat format) {
        assertThat(InputFormat.guess(name)).isEqualTo(format);
    }

    @ParameterizedTest
    @ValueSource(strings = {"accounts", "accounts.txt", "csv", "a.gz", "a.csv.zip"})
    void otherNamesNeedTheFlag(String name) {
        assertThatThrownBy(() -> InputFormat.guess(name)).hasMessageContaining("--format");
    }

    @Test
    void namesOfManifestAndCommandLineAreTheSame() {
        for (InputFormat format : InputFormat.values()) {
            assertThat(InputFormat.named(format.text())).isEqualTo(format);
        }
        assertThatThrownBy(() -> InputFormat.named("xml")).hasMessageContaining("geth-genesis, csv, jsonl");
    }
}
