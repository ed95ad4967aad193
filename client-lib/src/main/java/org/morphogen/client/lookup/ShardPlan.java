package org.morphogen.client.lookup;

import com.google.protobuf.ByteString;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.morphogen.client.view.ChunkSpan;
import org.morphogen.client.view.HeldWay;
import org.morphogen.client.view.ShardReplica;
import org.morphogen.client.view.ShardView;
import org.morphogen.epoch.Epoch;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.morphogen.protocol.v1.ChunkRange;
import org.morphogen.protocol.v1.QueryRequest;
import org.morphogen.protocol.v1.WayKeys;

/**
 * How one shard is asked about one table: everything but the keys, so nothing that depends on what is looked up.
 *
 * @param skeleton the request without id and keys; ways ascending
 * @param ready replicas that can answer; at least one
 */
record ShardPlan(int party, int shard, QueryRequest skeleton, List<ShardReplica> ready) {
    ShardPlan {
        ready = List.copyOf(ready);
        if (ready.isEmpty()) {
            throw new MorphogenException(
                    FailureReason.UNAVAILABLE,
                    "Party " + party + " has no ready replica of shard " + shard + ".",
                    Map.of("party", Integer.toString(party), "shard", Integer.toString(shard)));
        }
    }

    /** The plan for a shard that holds these ways of the table. Fails with UNAVAILABLE if no replica is ready. */
    static ShardPlan of(int party, long generation, ShardView shard, List<HeldWay> ways, Epoch epoch, String table) {
        QueryRequest.Builder skeleton = QueryRequest.newBuilder()
                .setGeneration(generation)
                .setEpoch(epoch.number())
                .setEpochMark(ByteString.copyFrom(epoch.mark()))
                .setTable(table);
        ways.forEach(held -> skeleton.addWays(wayWithoutKeys(held)));
        List<ShardReplica> ready =
                shard.replicas().stream().filter(ShardReplica::ready).toList();
        return new ShardPlan(party, shard.id(), skeleton.build(), ready);
    }

    /**
     * The request for a batch, still without id.
     *
     * @param deadline for the whole lookup, not what is left of it, which would tell how this client spends its time
     */
    QueryRequest request(KeyBatch batch, Duration deadline) {
        QueryRequest.Builder request =
                skeleton.toBuilder().setDeadlineMillis(Math.clamp(deadline.toMillis(), 1, Integer.MAX_VALUE));
        for (WayKeys.Builder way : request.getWaysBuilderList()) {
            way.addAllKeys(batch.keys(party, way.getWay()));
        }
        return request.build();
    }

    private static WayKeys wayWithoutKeys(HeldWay held) {
        WayKeys.Builder way = WayKeys.newBuilder().setWay(held.way());
        for (ChunkSpan span : held.spans()) {
            way.addChunks(ChunkRange.newBuilder().setFirst(span.first()).setCount(span.count()));
        }
        return way.build();
    }
}
