package org.morphogen.client.view;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * One shard of a party.
 *
 * @param id unique among the party's shards
 * @param ways what it holds, by table and way; no way of a table twice
 * @param replicas the nodes that hold it
 */
public record ShardView(int id, List<HeldWay> ways, List<ShardReplica> replicas) {
    public ShardView {
        ways = List.copyOf(ways);
        replicas = List.copyOf(replicas);
        Set<String> seen = new HashSet<>();
        for (HeldWay held : ways) {
            if (!seen.add(held.table() + "/" + held.way())) {
                throw new IllegalArgumentException(
                        "chunks: way " + held.way() + " of " + held.table() + " stands twice");
            }
        }
    }
}
