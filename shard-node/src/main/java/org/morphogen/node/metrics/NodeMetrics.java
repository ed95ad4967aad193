package org.morphogen.node.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import org.morphogen.node.carousel.Carousel;
import org.morphogen.node.carousel.CarouselState;
import org.morphogen.node.chunk.MemoryBudget;
import org.morphogen.node.control.NodeCondition;
import org.morphogen.node.control.NodeState;

/** The metrics of one node; docs/operators-guide.md lists them. Thread-safe. */
public final class NodeMetrics {
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

    /** Metrics of an engine by that name. */
    public NodeMetrics(String engine, NodeCondition condition, MemoryBudget budget, Carousel carousel) {
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
        carousel(carousel);
    }

    private void carousel(Carousel carousel) {
        gauge(
                "morphogen.queries.aboard",
                "Queries that are being scanned for.",
                Tags.empty(),
                () -> carousel.state().riders());
        gauge(
                "morphogen.keys.aboard",
                "Keys of those queries.",
                Tags.empty(),
                () -> carousel.state().keys());
        counter(
                "morphogen.segments.scanned",
                "Segments, each once however many shared it.",
                carousel,
                state -> state.segmentsScanned());
        counter("morphogen.scanned.bytes", "Bytes of those segments.", carousel, state -> state.bytesScanned());
        counter("morphogen.queries.arrived", "Queries that were scanned for.", carousel, state -> state.arrived());
        counter(
                "morphogen.queries.cancelled",
                "Queries given up by their clients.",
                carousel,
                state -> state.cancelled());
        counter("morphogen.queries.expired", "Queries whose deadline passed.", carousel, state -> state.expired());
        counter("morphogen.queries.failed", "Queries ended by a defect or a stop.", carousel, state -> state.failed());
        gauge(
                "morphogen.turn.seconds",
                "How long the query that was done last was aboard.",
                Tags.empty(),
                () -> carousel.state().lastTurnNanos() / 1e9);
    }

    /** Where the values are read. */
    public PrometheusMeterRegistry registry() {
        return registry;
    }

    private void gauge(String name, String description, Tags tags, Supplier<Number> value) {
        Gauge.builder(name, value).description(description).tags(tags).register(registry);
    }

    private void counter(String name, String description, Carousel carousel, ToDoubleFunction<CarouselState> count) {
        FunctionCounter.builder(name, carousel, from -> count.applyAsDouble(from.state()))
                .description(description)
                .register(registry);
    }
}
