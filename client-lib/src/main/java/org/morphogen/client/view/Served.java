package org.morphogen.client.view;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.morphogen.epoch.Epoch;
import org.morphogen.snapshot.SnapshotDigest;

/**
 * What a party serves.
 *
 * @param generation the party's own number of it, not negative
 * @param digest names the snapshot
 * @param base epoch of the snapshot itself
 * @param window epochs that every shard can answer, none before the base
 * @param stalled why the party's epochs do not follow the chain, in its own words; empty while they do
 * @param shards no id twice
 */
public record Served(
        long generation,
        SnapshotDigest digest,
        Epoch base,
        Window window,
        Optional<String> stalled,
        List<ShardView> shards) {
    public Served {
        shards = List.copyOf(shards);
        if (generation < 0) {
            throw new IllegalArgumentException("generation: is not below 2^63");
        }
        requireFrom(base, window.oldest());
        Set<Integer> ids = new HashSet<>();
        for (ShardView shard : shards) {
            if (!ids.add(shard.id())) {
                throw new IllegalArgumentException("shards: id " + shard.id() + " stands twice");
            }
        }
    }

    /** The newest epoch that every shard can answer. */
    public Epoch head() {
        return window.head();
    }

    private static void requireFrom(Epoch base, Epoch oldest) {
        long after = oldest.number() - base.number();
        if (after < 0) {
            throw new IllegalArgumentException("window: begins before the base epoch");
        }
        if (!Window.isLaterBy(after, base, oldest) || (after == 0 && !oldest.equals(base))) {
            throw new IllegalArgumentException("window: does not lead on from the base epoch");
        }
    }
}
