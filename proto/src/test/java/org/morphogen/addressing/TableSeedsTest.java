package org.morphogen.addressing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class TableSeedsTest {
    private static final byte[] MASTER = "master".getBytes(StandardCharsets.UTF_8);

    /** The expected seeds were computed from the construction in the Javadoc with Python's hashlib. */
    @Test
    void followsTheDocumentedConstruction() {
        TableSeeds seeds = TableSeeds.derive(MASTER, "accounts", 3, 2);
        assertThat(seeds.ways().stream().map(HashSeed::hex))
                .containsExactly(
                        "78076a5dc0b0aa91e18d2506c248f276",
                        "6a286b7239ee4b40c8b98a77ff690250",
                        "266b1c5660b43460b3fb6b3e97e15c2c");
        assertThat(seeds.tag().hex()).isEqualTo("f7d60614b6126a80020efe86bc077d18");
    }

    @Test
    void everyInputChangesEverySeed() {
        Set<HashSeed> seen = new HashSet<>();
        List<TableSeeds> all = List.of(
                TableSeeds.derive(MASTER, "accounts", 3, 0),
                TableSeeds.derive(MASTER, "accounts", 3, 1),
                TableSeeds.derive(MASTER, "storage", 3, 0),
                TableSeeds.derive(new byte[] {1}, "accounts", 3, 0));
        all.forEach(seeds -> {
            seen.addAll(seeds.ways());
            seen.add(seeds.tag());
        });
        assertThat(seen).hasSize(16);
    }

    @Test
    void refusesImpossibleInputs() {
        assertThatThrownBy(() -> TableSeeds.derive(new byte[0], "accounts", 3, 0))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> TableSeeds.derive(MASTER, "accounts", 3, -1))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> TableSeeds.derive(MASTER, "accounts", 0, 0)).hasMessageStartingWith("ways:");
        assertThatThrownBy(() -> TableSeeds.derive(MASTER, "accounts", 9, 0)).hasMessageStartingWith("ways:");
    }
}
