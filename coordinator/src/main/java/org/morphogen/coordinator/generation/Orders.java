package org.morphogen.coordinator.generation;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.morphogen.coordinator.membership.NodeLink;
import org.morphogen.coordinator.membership.NodeSighting;
import org.morphogen.coordinator.membership.NodeWatch;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.Failures;
import org.morphogen.failure.MorphogenException;
import org.morphogen.protocol.v1.DropRequest;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes nodes hold what they shall: compares wishes with what nodes say, and sends Hold and Drop calls, at most one at
 * a time to a node and the same one not again before a pause. Waits for nobody. Confined to the leader's loop.
 */
final class Orders {
    private static final Logger LOG = LoggerFactory.getLogger(Orders.class);

    private final int party;
    private final long term;
    private final NodeWatch watch;
    private final Duration deadline;
    private final Duration resendPause;
    private final Executor loop;
    private final Consumer<MorphogenException> onStaleTerm;
    private final Set<String> busy = new HashSet<>();
    private final Map<Order, Long> sentNanos = new HashMap<>();
    private final Map<NodeGeneration, List<String>> told = new HashMap<>();
    private final Map<NodeGeneration, String> refusals = new HashMap<>();

    Orders(
            int party,
            long term,
            NodeWatch watch,
            LeaderTimings timings,
            Executor loop,
            Consumer<MorphogenException> onStaleTerm) {
        this.party = party;
        this.term = term;
        this.watch = watch;
        this.deadline = timings.callDeadline();
        this.resendPause = timings.resendPause();
        this.loop = loop;
        this.onStaleTerm = onStaleTerm;
    }

    /** Sends what is due. {@code sources} are the coordinators that serve snapshots. */
    void send(Situation now, List<String> sources) {
        sentNanos.values().removeIf(sent -> now.nanos() - sent >= resendPause.toNanos());
        told.keySet().removeIf(key -> isPast(key, now));
        refusals.keySet().removeIf(key -> isPast(key, now));
        for (NodeSighting sighting : now.sightings().values()) {
            String nodeId = sighting.registration().nodeId();
            if (sighting.status().isPresent() && !busy.contains(nodeId)) {
                due(now, sighting, sources).stream()
                        .filter(order -> !sentNanos.containsKey(order))
                        .findFirst()
                        .ifPresent(order -> send(order, now.nanos()));
            }
        }
    }

    private static boolean isPast(NodeGeneration key, Situation now) {
        return !now.sightings().containsKey(key.nodeId())
                || now.wishes().forNode(key.nodeId()).stream()
                        .noneMatch(wish -> wish.record().generation() == key.generation());
    }

    /** Why a node refused its last Hold of a generation. */
    Optional<String> refusal(String nodeId, long generation) {
        return Optional.ofNullable(refusals.get(new NodeGeneration(nodeId, generation)));
    }

    /** Drops first: they free the memory that holds need. */
    private List<Order> due(Situation now, NodeSighting sighting, List<String> sources) {
        String nodeId = sighting.registration().nodeId();
        List<Order> orders = new ArrayList<>();
        now.wishes().unwanted(sighting).forEach(generation -> orders.add(new Order.Drop(nodeId, generation)));
        for (Wish wish : now.wishes().forNode(nodeId)) {
            if (needsTelling(wish, sighting, sources)) {
                orders.add(new Order.Hold(nodeId, wish, sources));
            }
        }
        return orders;
    }

    /** A node that still loads is told again when there are other sources than those it knows. */
    private boolean needsTelling(Wish wish, NodeSighting sighting, List<String> sources) {
        long generation = wish.record().generation();
        return sighting.held(generation)
                .filter(wish::isKnown)
                .map(held -> !wish.isMet(held)
                        && !sources.equals(told.get(
                                new NodeGeneration(sighting.registration().nodeId(), generation))))
                .orElse(true);
    }

    private void send(Order order, long nanos) {
        Optional<NodeLink> link = watch.link(order.nodeId());
        if (link.isEmpty()) {
            return;
        }
        busy.add(order.nodeId());
        sentNanos.put(order, nanos);
        var _ = call(link.get(), order).whenCompleteAsync((done, thrown) -> answered(order, thrown), loop);
    }

    private CompletableFuture<?> call(NodeLink link, Order order) {
        return switch (order) {
            case Order.Hold hold -> link.hold(hold.wish().request(party, term, hold.sources()), deadline);
            case Order.Drop drop ->
                link.drop(
                        DropRequest.newBuilder()
                                .setTerm(term)
                                .setParty(party)
                                .setGeneration(drop.generation())
                                .build(),
                        deadline);
        };
    }

    private void answered(Order order, @Nullable Throwable thrown) {
        busy.remove(order.nodeId());
        NodeGeneration key = new NodeGeneration(order.nodeId(), order.generation());
        if (thrown == null) {
            refusals.remove(key);
            if (order instanceof Order.Hold hold) {
                told.put(key, hold.sources());
            }
            return;
        }
        Throwable cause =
                thrown instanceof CompletionException && thrown.getCause() != null ? thrown.getCause() : thrown;
        MorphogenException failure = Failures.fromStatus("Node " + order.nodeId(), cause);
        if (failure.reason() == FailureReason.STALE_TERM) {
            onStaleTerm.accept(failure);
        } else {
            LOG.warn("An order about generation {} was not taken. {}", order.generation(), failure.explain());
            refusals.put(key, failure.explain());
        }
    }

    private record NodeGeneration(String nodeId, long generation) {}
}
