package org.morphogen.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.morphogen.zookeeper.ClusterPaths;

@Timeout(10)
final class ChunkIdTest {
    @ParameterizedTest
    @ValueSource(strings = {"", "..", "../../etc", "/etc", "a/b", "a\u0000", "A", "a.b", "-a", "a\n"})
    void aTableIsNeverAPath(String table) {
        assertThatThrownBy(() -> new ChunkId(table, 0, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("table");
    }

    @Test
    void namesAreTheSameInEveryLocale() {
        Locale before = Locale.getDefault();
        Locale.setDefault(Locale.forLanguageTag("ar-EG"));
        try {
            assertThat(new ChunkId("accounts", 2, 13).fileName()).isEqualTo("accounts/way-2/chunk-00013.rows");
            assertThat(new ClusterPaths(0).generation(7)).isEqualTo("/morphogen/party-0/generations/0000000007");
            assertThat(new ClusterPaths(0).assignment(7)).isEqualTo("/morphogen/party-0/assignments/0000000007");
        } finally {
            Locale.setDefault(before);
        }
    }
}
