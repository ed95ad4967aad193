package org.morphogen.coordinator.generation;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.morphogen.coordinator.view.ServedView;
import org.morphogen.coordinator.view.ViewBuilder;
import org.morphogen.protocol.v1.ClusterView;

/** Keeps the view in ZooKeeper true: writes a newer version whenever it differs. Confined to the leader's loop. */
final class ViewKeeper {
    private final Ledger ledger;
    private final ServedView served;
    private boolean begun;

    ViewKeeper(Ledger ledger, ServedView served) {
        this.ledger = ledger;
        this.served = served;
    }

    /**
     * Writes the view if it has changed. A new leader waits until it has heard of every node once: else it would
     * first call all replicas unready.
     *
     * @param standing how far nodes follow the chain, where the party follows one
     */
    void update(Situation now, Optional<ChainStanding> standing) {
        begun |= now.complete()
                && ledger.serving().map(serving -> isToldOf(serving, standing)).orElse(true);
        if (!begun) {
            return;
        }
        Optional<ClusterView> next = build(now, standing);
        if (next.filter(view -> !sameContent(view, ledger.view())).isPresent()) {
            long version = Math.max(ledger.view().getVersion(), served.version()) + 1;
            ledger.putView(next.get().toBuilder().setVersion(version).build());
        }
    }

    private Optional<ClusterView> build(Situation now, Optional<ChainStanding> standing) {
        return ledger.served()
                .flatMap(record -> ledger.assignment(record.generation()).map(assignment -> {
                    Map<String, String> endpoints = now.sightings().values().stream()
                            .collect(Collectors.toMap(
                                    sighting -> sighting.registration().nodeId(),
                                    sighting -> sighting.registration().endpoint()));
                    Set<String> ready = now.wishes().met(record.generation(), now.sightings());
                    long generation = record.generation();
                    standing.filter(told -> told.isKnown(generation))
                            .ifPresent(told -> ready.retainAll(told.atHead(generation)));
                    return ClusterView.newBuilder()
                            .setParty(ledger.view().getParty())
                            .setServing(new ViewBuilder(endpoints, ready)
                                            .served(
                                                    record.snapshotDigest(),
                                                    record.base().binding(),
                                                    ledger.serving().orElseThrow().window().stream()
                                                            .map(EpochRecord::binding)
                                                            .toList(),
                                                    assignment)
                                            .toBuilder()
                                            .setStalled(standing.map(told -> told.stalled(generation))
                                                    .orElse("")))
                            .build();
                }));
    }

    /** Before its first block is applied, whoever holds a generation is at its head. */
    private static boolean isToldOf(ServingRecord serving, Optional<ChainStanding> standing) {
        return serving.window().size() == 1
                || standing.map(told -> told.isKnown(serving.generation())).orElse(true);
    }

    private static boolean sameContent(ClusterView one, ClusterView other) {
        return one.getServing().equals(other.getServing()) && one.hasServing() == other.hasServing();
    }
}
