package org.morphogen.client.party;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.morphogen.protocol.v1.ChunkRange;
import org.morphogen.protocol.v1.Shard;
import org.morphogen.protocol.v1.WayChunks;

/**
 * How a fake party spreads its chunks: chunk after chunk over the shards in turn, and shard after shard over the nodes.
 *
 * @param shards number of shards
 * @param replicas of each shard
 * @param nodes number of nodes, at least {@code replicas}
 */
public record Layout(int shards, int replicas, int nodes) {
    /** Two shards with two replicas each, on four nodes. */
    public static final Layout TWO_BY_TWO = new Layout(2, 2, 4);

    /** Indices of the nodes that hold a shard. */
    List<Integer> nodesOf(int shard) {
        return IntStream.range(0, replicas)
                .mapToObj(replica -> (shard * replicas + replica) % nodes)
                .toList();
    }

    /** The shard's chunks, without replicas. */
    Shard shard(int shard, FakeSnapshot snapshot) {
        Shard.Builder builder = Shard.newBuilder().setId(shard);
        int turn = 0;
        for (FakeTable table : snapshot.tables().values()) {
            for (int way = 0; way < table.rows().size(); way++) {
                List<ChunkRange> ranges = new ArrayList<>();
                for (int index = 0; index < table.geometry().chunksPerWay(); index++) {
                    if (turn++ % shards == shard) {
                        ranges.add(ChunkRange.newBuilder()
                                .setFirst(index)
                                .setCount(1)
                                .build());
                    }
                }
                if (!ranges.isEmpty()) {
                    builder.addChunks(WayChunks.newBuilder()
                            .setTable(table.name())
                            .setWay(way)
                            .addAllRanges(ranges));
                }
            }
        }
        return builder.build();
    }
}
