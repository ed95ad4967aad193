package org.morphogen.node.metrics;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.function.Supplier;
import org.morphogen.node.chunk.MemoryBudget;
import org.morphogen.node.control.NodeCondition;
import org.morphogen.node.control.NodeState;

/** The metrics of one node; docs/operators-guide.md lists them. Thread-safe. */
public final class NodeMetrics {
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

    /** Metrics of an engine by that name. */
    public NodeMetrics(String engine, NodeCondition condition, MemoryBudget budget) {
        gauge("morphogen.engine", "The engine that scans: 1.", Tags.of("engine", engine), () -> 1);
        for (NodeState state : NodeState.values()) {
            gauge(
                    "morphogen.node.state",
                    "1 for the state that the node is in.",
                    Tags.of("state", state.name()),
                    () -> condition.state() == state ? 1 : 0);
        }
        gauge("morphogen.chunk.memory.used", "Bytes that chunks take.", Tags.empty(), budget::usedBytes);
        gauge("morphogen.chunk.memory.limit", "Bytes that chunks may take.", Tags.empty(), budget::limitBytes);
    }

    /** Where the values are read. */
    public PrometheusMeterRegistry registry() {
        return registry;
    }

    private void gauge(String name, String description, Tags tags, Supplier<Number> value) {
        Gauge.builder(name, value).description(description).tags(tags).register(registry);
    }
}
