package org.morphogen.coordinator.view;

import org.morphogen.protocol.v1.ClusterView;
import org.morphogen.protocol.v1.Replica;

/** A party's state in one word. */
public enum PartyState {
    /** Nothing has been published. */
    EMPTY,
    /** Every shard has a ready replica. */
    SERVING,
    /** Some shard has no ready replica: lookups fail until one is back. */
    DEGRADED;

    /** The state that a view tells. */
    public static PartyState of(ClusterView view) {
        if (!view.hasServing()) {
            return EMPTY;
        }
        boolean whole = view.getServing().getShardsList().stream()
                .allMatch(shard -> shard.getReplicasList().stream().anyMatch(Replica::getReady));
        return whole ? SERVING : DEGRADED;
    }
}
