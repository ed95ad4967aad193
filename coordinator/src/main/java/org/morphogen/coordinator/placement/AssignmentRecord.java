package org.morphogen.coordinator.placement;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Who holds which chunk of one generation. A node stands in one shard at most.
 *
 * @param generation the generation
 * @param version grows when the generation is placed again
 * @param shards every chunk stands in exactly one
 */
public record AssignmentRecord(long generation, long version, List<ShardRecord> shards) {
    public AssignmentRecord {
        shards = List.copyOf(shards);
        Set<String> seen = new HashSet<>();
        shards.stream().flatMap(shard -> shard.replicas().stream()).forEach(replica -> {
            if (!seen.add(replica.nodeId())) {
                throw new IllegalArgumentException("shards: node " + replica.nodeId() + " stands in two");
            }
        });
    }

    /** All replicas of all shards. */
    public Stream<ReplicaRecord> replicas() {
        return shards.stream().flatMap(shard -> shard.replicas().stream());
    }

    /** The shard that a node holds. */
    public Optional<ShardRecord> shardOf(String nodeId) {
        return shards.stream()
                .filter(shard -> shard.replicas().stream()
                        .anyMatch(replica -> replica.nodeId().equals(nodeId)))
                .findFirst();
    }
}
