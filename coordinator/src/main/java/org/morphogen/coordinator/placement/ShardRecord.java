package org.morphogen.coordinator.placement;

import java.util.List;
import org.morphogen.snapshot.ChunkId;

/**
 * The chunks that one replica set of nodes holds.
 *
 * @param id counts from 0
 * @param replicas the nodes, at least one
 * @param runs the chunks, ascending, at least one run
 */
public record ShardRecord(int id, List<ReplicaRecord> replicas, List<ChunkRun> runs) {
    public ShardRecord {
        replicas = List.copyOf(replicas);
        runs = List.copyOf(runs);
        if (replicas.isEmpty() || runs.isEmpty()) {
            throw new IllegalArgumentException("shard " + id + ": needs a replica and a chunk");
        }
    }

    /** All chunks, ascending. */
    public List<ChunkId> chunks() {
        return runs.stream().flatMap(ChunkRun::chunks).toList();
    }
}
