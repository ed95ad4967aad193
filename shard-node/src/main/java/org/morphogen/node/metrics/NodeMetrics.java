package org.morphogen.node.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.SortedMap;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import org.morphogen.node.carousel.Carousel;
import org.morphogen.node.carousel.CarouselState;
import org.morphogen.node.chunk.MemoryBudget;
import org.morphogen.node.control.NodeCondition;
import org.morphogen.node.control.NodeState;
import org.morphogen.node.epoch.EpochSpan;
import org.morphogen.node.epoch.KeptEpochs;
import org.morphogen.node.generation.HeldGenerations;

/** The metrics of one node; docs/operators-guide.md lists them. Thread-safe. */
public final class NodeMetrics {
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

    /** Metrics of an engine by that name. */
    public NodeMetrics(
            String engine,
            NodeCondition condition,
            MemoryBudget budget,
            Carousel carousel,
            HeldGenerations generations) {
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
        epochs(generations);
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

    private void epochs(HeldGenerations generations) {
        newest(
                "morphogen.epoch.head",
                "The newest epoch that can be asked for.",
                generations,
                span -> span.head().number());
        newest(
                "morphogen.epoch.head.block",
                "The block of that epoch.",
                generations,
                span -> span.head().block().number());
        newest(
                "morphogen.epoch.oldest",
                "The oldest epoch that can be asked for.",
                generations,
                span -> span.oldest().number());
        all("morphogen.delta.memory.bytes", "Entries of deltas in memory.", generations, KeptEpochs::deltaBytes);
        all("morphogen.delta.log.bytes", "Files of the delta log.", generations, KeptEpochs::logBytes);
        all(
                "morphogen.segments.behind",
                "Segments whose rows do not stand at the head yet.",
                generations,
                KeptEpochs::segmentsBehind);
    }

    /** Of the newest generation; not a number while there is none. */
    private void newest(
            String name, String description, HeldGenerations generations, ToDoubleFunction<EpochSpan> value) {
        gauge(name, description + " Of the newest generation.", Tags.empty(), () -> {
            SortedMap<Long, KeptEpochs> epochs = generations.epochs();
            return epochs.isEmpty()
                    ? Double.NaN
                    : value.applyAsDouble(epochs.sequencedValues().getLast().span());
        });
    }

    private void all(String name, String description, HeldGenerations generations, ToDoubleFunction<KeptEpochs> value) {
        gauge(
                name,
                description,
                Tags.empty(),
                () -> generations.epochs().values().stream().mapToDouble(value).sum());
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
