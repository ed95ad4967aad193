package org.morphogen.zookeeper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.apache.zookeeper.common.PathUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(10)
final class ClusterPathsTest {
    private final ClusterPaths paths = new ClusterPaths(1);

    @Test
    void allPathsAreSoundAndOfTheParty() {
        List<String> all = List.of(
                paths.root(),
                paths.nodes(),
                paths.node("node-3"),
                paths.coordinators(),
                paths.coordinator("c.1"),
                paths.leader(),
                paths.term(),
                paths.generations(),
                paths.generation(3),
                paths.assignments(),
                paths.assignment(3),
                paths.serving());

        assertThat(all).doesNotHaveDuplicates().allSatisfy(path -> {
            PathUtils.validatePath(path);
            assertThat(path).startsWith("/morphogen/party-1");
        });
        assertThat(paths.node("node-3")).isEqualTo(paths.nodes() + "/node-3");
    }

    @Test
    void generationsAreOrderedAsTheirNumbersAre() {
        assertThat(List.of(paths.generation(1_000_000), paths.generation(9), paths.generation(10)).stream()
                        .sorted())
                .containsExactly(paths.generation(9), paths.generation(10), paths.generation(1_000_000));
    }

    @Test
    void thereAreTwoParties() {
        assertThat(new ClusterPaths(0).root()).isEqualTo("/morphogen/party-0");
        assertThatThrownBy(() -> new ClusterPaths(2)).hasMessageContaining("2 is neither 0 nor 1");
        assertThatThrownBy(() -> new ClusterPaths(-1)).hasMessageContaining("-1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "node-3", "A.b_c-9", "0"})
    void idsNameAProcess(String id) {
        assertThat(new NodeRegistration(id, "127.0.0.1:1", 0).nodeId()).isEqualTo(id);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ".",
                "..",
                "-a",
                "a/b",
                "a b",
                "a\n",
                "\u00e4",
                "12345678901234567890123456789012345678901234567890123456789012345"
            })
    void otherTextIsNoId(String id) {
        assertThatThrownBy(() -> new NodeRegistration(id, "127.0.0.1:1", 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("is not an id");
    }

    @Test
    void memoryIsNotNegative() {
        assertThatThrownBy(() -> new NodeRegistration("a", "127.0.0.1:1", -1)).hasMessageContaining("memoryLimitBytes");
    }
}
