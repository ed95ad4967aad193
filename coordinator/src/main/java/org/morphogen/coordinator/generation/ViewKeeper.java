package org.morphogen.coordinator.generation;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import org.morphogen.coordinator.epoch.LineStanding;
import org.morphogen.coordinator.view.ServedView;
import org.morphogen.coordinator.view.ViewBuilder;
import org.morphogen.protocol.v1.ClusterView;
import org.morphogen.protocol.v1.ServedGeneration;

/** Keeps the view in ZooKeeper true: writes a newer version whenever it differs. Confined to the leader's loop. */
final class ViewKeeper {
    /** Generations served before that the view lists, the newest of them. */
    static final int MOST_EARLIER = 4;

    /** What a new leader waits for word of earlier ones that are slow to give it, once it has had that of the served one. */
    private static final Duration PATIENCE_WITH_EARLIER = Duration.ofMillis(500);

    /** A view that is longer lists none: more does not fit into a znode. */
    private static final int MOST_BYTES = 900 << 10;

    private final Ledger ledger;
    private final ServedView served;
    private boolean begun;
    private OptionalLong heardOfServedNanos = OptionalLong.empty();

    ViewKeeper(Ledger ledger, ServedView served) {
        this.ledger = ledger;
        this.served = served;
    }

    /**
     * Writes the view if it has changed. A new leader waits until it has heard of every node once, and how the served
     * generation stands: else it would first call all replicas unready. For earlier generations it does not wait long; the
     * replicas of one of which nothing is known are not ready.
     *
     * @param standings how generations follow the chain, where the party follows one
     */
    void update(Situation now, Optional<ChainStandings> standings) {
        begun = begun || mayBegin(now, standings);
        if (!begun) {
            return;
        }
        Optional<ClusterView> next = build(now, standings);
        if (next.filter(view -> !sameContent(view, ledger.view())).isPresent()) {
            long version = Math.max(ledger.view().getVersion(), served.version()) + 1;
            ledger.putView(next.get().toBuilder().setVersion(version).build());
        }
    }

    private boolean mayBegin(Situation now, Optional<ChainStandings> standings) {
        if (!now.complete() || !ledger.served().stream().allMatch(record -> isToldOf(record, standings))) {
            return false;
        }
        long since = heardOfServedNanos.orElse(now.nanos());
        heardOfServedNanos = OptionalLong.of(since);
        return now.nanos() - since >= PATIENCE_WITH_EARLIER.toNanos()
                || earlier().stream().allMatch(record -> isToldOf(record, standings));
    }

    /** Those that clients may still ask whose other party has not moved on; newest first. */
    private List<GenerationRecord> earlier() {
        return ledger.superseded().stream()
                .filter(record -> ledger.line(record.generation()).isPresent())
                .sorted(Comparator.comparingLong(GenerationRecord::generation).reversed())
                .limit(MOST_EARLIER)
                .toList();
    }

    private Optional<ClusterView> build(Situation now, Optional<ChainStandings> standings) {
        return ledger.served().map(record -> {
            ClusterView.Builder view = ClusterView.newBuilder()
                    .setParty(ledger.view().getParty())
                    .setServing(build(record, now, standings));
            earlier().forEach(old -> view.addEarlier(build(old, now, standings)));
            ClusterView whole = view.build();
            return whole.getSerializedSize() > MOST_BYTES ? view.clearEarlier().build() : whole;
        });
    }

    private ServedGeneration build(GenerationRecord record, Situation now, Optional<ChainStandings> standings) {
        Map<String, String> endpoints = now.sightings().values().stream()
                .collect(Collectors.toMap(
                        sighting -> sighting.registration().nodeId(),
                        sighting -> sighting.registration().endpoint()));
        Optional<LineStanding> standing = standings.flatMap(told -> told.of(record.generation()));
        Set<String> ready = now.wishes().met(record.generation(), now.sightings());
        standing.ifPresent(told -> ready.retainAll(told.atHead()));
        if (!isToldOf(record, standings)) {
            ready.clear();
        }
        return new ViewBuilder(endpoints, ready)
                        .served(
                                record.snapshotDigest(),
                                record.base().binding(),
                                ledger.window(record.generation()).stream()
                                        .map(EpochRecord::binding)
                                        .toList(),
                                ledger.assignment(record.generation()).orElseThrow())
                        .toBuilder()
                        .setStalled(
                                standing.map(told -> told.standstill().trouble().sentence())
                                        .orElse(""))
                        .build();
    }

    /** Before its first block is applied, whoever holds a generation is at its head. */
    private boolean isToldOf(GenerationRecord record, Optional<ChainStandings> standings) {
        return ledger.window(record.generation()).size() == 1
                || standings
                        .map(told -> told.of(record.generation()).isPresent())
                        .orElse(true);
    }

    private static boolean sameContent(ClusterView one, ClusterView other) {
        return one.getServing().equals(other.getServing())
                && one.hasServing() == other.hasServing()
                && one.getEarlierList().equals(other.getEarlierList());
    }
}
