package org.morphogen.coordinator.generation;

import java.util.Optional;
import org.morphogen.coordinator.epoch.ChainPlace;
import org.morphogen.coordinator.epoch.LineStanding;
import org.morphogen.coordinator.placement.ReplicaRecord;
import org.morphogen.coordinator.placement.ShardRecord;

/**
 * Decides when a generation that catches up with the chain may be served: when it has come to the block of the one that
 * is served; or, if that one stands still, to the newest of the chain. Confined to the leader's loop.
 */
final class CatchUp {
    private final long generation;
    private final Ledger ledger;
    private final ChainStandings standings;
    private final Nearness nearness = new Nearness();

    CatchUp(long generation, Ledger ledger, ChainStandings standings) {
        this.generation = generation;
        this.ledger = ledger;
        this.standings = standings;
    }

    /** The block that the generation has come to. */
    long block() {
        return head().block().number();
    }

    /** The block that it shall come to; its own where there is nothing to compare with. */
    long target() {
        return ledger.serving()
                .map(served -> served.window().getLast().block().number())
                .orElse(block());
    }

    /** Why it does not go on; empty while it does. */
    String stalled() {
        return standings.of(generation).map(LineStanding::stalled).orElse("");
    }

    /** Whether it may be served. */
    boolean isDone() {
        Optional<LineStanding> mine = standings.of(generation);
        long behind = target() - block();
        boolean nearForLong = nearness.lasts(behind, head().epoch());
        if (mine.isEmpty() || mine.get().place() == ChainPlace.UNTOLD || !allAreAtHead(mine.get())) {
            return false;
        }
        return behind <= 0 || nearForLong || (servedStandsStill() && mine.get().place() == ChainPlace.NEWEST);
    }

    /** Whether each shard has a node that can answer for the block that the generation has come to. */
    boolean isWhole() {
        return standings
                .of(generation)
                .filter(mine -> ledger.assignment(generation).orElseThrow().shards().stream()
                        .allMatch(shard -> hasOne(shard, mine)))
                .isPresent();
    }

    private boolean servedStandsStill() {
        return ledger.serving()
                .flatMap(served -> standings.of(served.generation()))
                .filter(served -> !served.stalled().isEmpty())
                .isPresent();
    }

    private boolean allAreAtHead(LineStanding mine) {
        return ledger.assignment(generation)
                .orElseThrow()
                .replicas()
                .map(ReplicaRecord::nodeId)
                .allMatch(mine.atHead()::contains);
    }

    private static boolean hasOne(ShardRecord shard, LineStanding mine) {
        return shard.replicas().stream().anyMatch(replica -> mine.atHead().contains(replica.nodeId()));
    }

    private EpochRecord head() {
        return ledger.line(generation).orElseThrow().head();
    }
}
