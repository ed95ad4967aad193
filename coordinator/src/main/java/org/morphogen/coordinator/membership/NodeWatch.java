package org.morphogen.coordinator.membership;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.Failures;
import org.morphogen.failure.MorphogenException;
import org.morphogen.protocol.v1.NodeStatus;
import org.morphogen.transport.TlsSettings;
import org.morphogen.zookeeper.NodeRegistration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Polls every registered node for its status, again and again. Each node is asked apart from the others, one question
 * at a time with a deadline, so one that is dead or hangs delays none. Uses one thread, plus a short-lived virtual one
 * for each answer. Thread-safe.
 */
public final class NodeWatch implements KnownNodes, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(NodeWatch.class);

    private final Membership membership;
    private final LongSupplier term;
    private final BiConsumer<Long, MorphogenException> onStaleTerm;
    private final TlsSettings tls;
    private final Duration interval;
    private final Duration deadline;
    private final Map<String, Watched> watched = new ConcurrentHashMap<>();
    private final Executor calls = Thread::startVirtualThread;
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("node-watch").factory());
    private @Nullable ScheduledFuture<?> rounds;

    /**
     * A watch that does nothing until {@link #start}.
     *
     * @param term the newest term known, which every poll carries
     * @param onStaleTerm told the term of a poll that a node refused for it
     */
    public NodeWatch(
            Membership membership,
            LongSupplier term,
            BiConsumer<Long, MorphogenException> onStaleTerm,
            TlsSettings tls,
            Duration interval,
            Duration deadline) {
        this.membership = membership;
        this.term = term;
        this.onStaleTerm = onStaleTerm;
        this.tls = tls;
        this.interval = interval;
        this.deadline = deadline;
    }

    /** Begins to poll. */
    public void start() {
        rounds = clock.scheduleWithFixedDelay(this::round, 0, interval.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public SortedMap<String, NodeSighting> sightings() {
        SortedMap<String, NodeSighting> all = new TreeMap<>();
        membership.nodes().forEach((id, registration) -> {
            Watched node = watched.get(id);
            NodeSighting known = node == null ? NodeSighting.fresh(registration) : node.sighting;
            all.put(id, known.registration().equals(registration) ? known : NodeSighting.fresh(registration));
        });
        return all;
    }

    @Override
    public Optional<NodeLink> link(String nodeId) {
        return Optional.ofNullable(watched.get(nodeId)).flatMap(node -> node.link);
    }

    @Override
    public void close() {
        if (rounds != null) {
            rounds.cancel(false);
        }
        clock.shutdownNow();
        watched.values().forEach(Watched::close);
    }

    private void round() {
        try {
            Map<String, NodeRegistration> registered = membership.nodes();
            watched.entrySet().removeIf(entry -> {
                boolean gone = !entry.getValue().sighting.registration().equals(registered.get(entry.getKey()));
                if (gone) {
                    entry.getValue().close();
                }
                return gone;
            });
            registered.forEach((id, registration) ->
                    watched.computeIfAbsent(id, _ -> new Watched(registration)).poll());
        } catch (RuntimeException defect) {
            LOG.error("A round of polls failed; the next follows", defect);
        }
    }

    /** One node: its link, and what it said last. */
    private final class Watched {
        private final Optional<NodeLink> link;
        private volatile NodeSighting sighting;
        private volatile boolean asking;

        Watched(NodeRegistration registration) {
            sighting = NodeSighting.fresh(registration);
            link = open(registration);
        }

        private Optional<NodeLink> open(NodeRegistration registration) {
            try {
                return Optional.of(new NodeLink(registration, tls, calls));
            } catch (MorphogenException unusable) {
                LOG.warn("Node {} cannot be called. {}", registration.nodeId(), unusable.explain());
                sighting = sighting.missed(unusable.explain());
                return Optional.empty();
            }
        }

        void poll() {
            if (asking || link.isEmpty()) {
                return;
            }
            long asked = term.getAsLong();
            asking = true;
            var _ = link.get()
                    .status(asked, deadline)
                    .whenComplete((status, thrown) -> answered(asked, status, thrown));
        }

        private void answered(long asked, @Nullable NodeStatus status, @Nullable Throwable thrown) {
            try {
                take(asked, status, thrown);
            } finally {
                asking = false;
            }
        }

        private void take(long asked, @Nullable NodeStatus status, @Nullable Throwable thrown) {
            if (status != null) {
                sighting = sighting.answered(status);
            } else {
                MorphogenException failure = unwrapped(thrown);
                sighting = sighting.missed(
                        failure.getMessage() == null ? failure.reason().name() : failure.getMessage());
                if (failure.reason() == FailureReason.STALE_TERM) {
                    onStaleTerm.accept(asked, failure);
                }
            }
        }

        void close() {
            link.ifPresent(NodeLink::close);
        }
    }

    private static MorphogenException unwrapped(@Nullable Throwable thrown) {
        Throwable cause = thrown instanceof CompletionException wrapper && wrapper.getCause() != null
                ? wrapper.getCause()
                : thrown;
        return Failures.fromStatus("Node", cause == null ? new IllegalStateException("no answer") : cause);
    }
}
