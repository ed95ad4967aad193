package org.morphogen.client.view;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.morphogen.epoch.Epoch;
import org.morphogen.snapshot.SnapshotDigest;

/**
 * What a party serves.
 *
 * @param generation the party's own number of it, not negative
 * @param digest names the snapshot
 * @param base epoch of the snapshot itself
 * @param head newest epoch that every shard can answer
 * @param shards no id twice
 */
public record Served(long generation, SnapshotDigest digest, Epoch base, Epoch head, List<ShardView> shards) {
    public Served {
        shards = List.copyOf(shards);
        if (generation < 0) {
            throw new IllegalArgumentException("generation: is not below 2^63");
        }
        Set<Integer> ids = new HashSet<>();
        for (ShardView shard : shards) {
            if (!ids.add(shard.id())) {
                throw new IllegalArgumentException("shards: id " + shard.id() + " stands twice");
            }
        }
    }
}
