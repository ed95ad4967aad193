package org.morphogen.zookeeper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;

@Timeout(10)
final class RecordCodecTest {
    record Sample(String name, List<Long> numbers, Optional<String> note) {}

    private final RecordCodec<NodeRegistration> nodes = new RecordCodec<>(NodeRegistration.class);
    private final RecordCodec<Sample> samples = new RecordCodec<>(Sample.class);

    @Test
    void readsWhatItWrites() {
        NodeRegistration node = new NodeRegistration("node-1", "127.0.0.1:7100", Long.MAX_VALUE);
        Sample with = new Sample("\u00e4", List.of(1L, -1L), Optional.of("x"));
        Sample without = new Sample("", List.of(), Optional.empty());

        assertThat(nodes.decode("/n", nodes.encode(node))).isEqualTo(node);
        assertThat(samples.decode("/s", samples.encode(with))).isEqualTo(with);
        assertThat(samples.decode("/s", samples.encode(without))).isEqualTo(without);
    }

    @Test
    void passesOverFieldsOfANewerVersion() {
        assertThat(nodes.decode("/n", bytes("""
                        {"nodeId":"a","endpoint":"h:1","memoryLimitBytes":5,"rack":"r7"}"""))).isEqualTo(new NodeRegistration("a", "h:1", 5));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "[]",
                "7",
                "{",
                "{}",
                "{\"nodeId\":\"a\",\"endpoint\":\"h:1\"}",
                "{\"nodeId\":\"a\",\"endpoint\":\"h:1\",\"memoryLimitBytes\":null}",
                "{\"nodeId\":null,\"endpoint\":\"h:1\",\"memoryLimitBytes\":1}",
                "{\"nodeId\":\"a\",\"endpoint\":null,\"memoryLimitBytes\":1}",
                "{\"nodeId\":\"a/b\",\"endpoint\":\"h:1\",\"memoryLimitBytes\":1}",
                "{\"nodeId\":\"a\",\"endpoint\":\"h:1\",\"memoryLimitBytes\":1}{}"
            })
    void otherBytesAreRefusedWithThePath(String json) {
        MorphogenException failure = catchThrowableOfType(
                MorphogenException.class, () -> nodes.decode("/morphogen/party-0/nodes/a", bytes(json)));

        assertThat(failure).as(json).isNotNull().hasMessageContaining("/morphogen/party-0/nodes/a");
        assertThat(failure.reason()).isEqualTo(FailureReason.STORAGE_FAILED);
    }

    private static byte[] bytes(String json) {
        return json.getBytes(StandardCharsets.UTF_8);
    }
}
