package org.morphogen.coordinator.view;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.morphogen.coordinator.placement.AssignmentRecord;
import org.morphogen.coordinator.placement.ChunkRun;
import org.morphogen.coordinator.placement.ReplicaRecord;
import org.morphogen.coordinator.placement.ShardRecord;
import org.morphogen.protocol.v1.ChunkRange;
import org.morphogen.protocol.v1.EpochBinding;
import org.morphogen.protocol.v1.Replica;
import org.morphogen.protocol.v1.ServedGeneration;
import org.morphogen.protocol.v1.Shard;
import org.morphogen.protocol.v1.WayChunks;
import org.morphogen.snapshot.SnapshotDigest;

/** Writes what the party serves as the message that clients read. */
public final class ViewBuilder {
    private final Map<String, String> endpoints;
    private final Set<String> ready;

    /**
     * A builder for one look at the party.
     *
     * @param endpoints of living nodes, by id
     * @param ready ids of nodes that are alive and hold all chunks of their shard
     */
    public ViewBuilder(Map<String, String> endpoints, Set<String> ready) {
        this.endpoints = Map.copyOf(endpoints);
        this.ready = Set.copyOf(ready);
    }

    /**
     * The generation that {@code assignment} places, as served.
     *
     * @param window epochs that can be asked for, oldest first; at least one
     */
    public ServedGeneration served(
            SnapshotDigest digest, EpochBinding base, List<EpochBinding> window, AssignmentRecord assignment) {
        ServedGeneration.Builder served = ServedGeneration.newBuilder()
                .setGeneration(assignment.generation())
                .setSnapshotDigest(ByteString.copyFrom(digest.bytes()))
                .setBaseEpoch(base)
                .setHead(window.getLast())
                .addAllWindow(window)
                .setAssignmentVersion(assignment.version());
        assignment.shards().forEach(shard -> served.addShards(shard(shard)));
        return served.build();
    }

    private Shard shard(ShardRecord record) {
        Shard.Builder shard = Shard.newBuilder().setId(record.id());
        Map<String, List<ChunkRun>> byWay = new LinkedHashMap<>();
        record.runs()
                .forEach(run -> byWay.computeIfAbsent(run.table() + "/" + run.way(), _ -> new ArrayList<>())
                        .add(run));
        byWay.values().forEach(runs -> shard.addChunks(way(runs)));
        record.replicas().forEach(replica -> shard.addReplicas(replica(replica)));
        return shard.build();
    }

    private static WayChunks way(List<ChunkRun> runs) {
        WayChunks.Builder way = WayChunks.newBuilder()
                .setTable(runs.getFirst().table())
                .setWay(runs.getFirst().way());
        runs.forEach(run ->
                way.addRanges(ChunkRange.newBuilder().setFirst(run.first()).setCount(run.count())));
        return way.build();
    }

    private Replica replica(ReplicaRecord record) {
        return Replica.newBuilder()
                .setNodeId(record.nodeId())
                .setEndpoint(endpoints.getOrDefault(record.nodeId(), record.endpoint()))
                .setReady(ready.contains(record.nodeId()))
                .build();
    }
}
