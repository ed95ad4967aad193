package org.morphogen.coordinator.epoch;

import com.google.protobuf.ByteString;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.morphogen.coordinator.delta.RowPlace;
import org.morphogen.coordinator.delta.RowReader;
import org.morphogen.coordinator.membership.NodeLink;
import org.morphogen.coordinator.placement.ReplicaRecord;
import org.morphogen.coordinator.placement.ShardRecord;
import org.morphogen.epoch.Epoch;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.morphogen.protocol.v1.ReadRowsRequest;
import org.morphogen.protocol.v1.ReadRowsResponse;
import org.morphogen.protocol.v1.WayRowNumbers;
import org.morphogen.protocol.v1.WayRows;
import org.morphogen.snapshot.ChunkId;
import org.morphogen.snapshot.TableManifest;

/**
 * Reads rows of one table from the nodes that hold them, as they were at an epoch: each shard is asked once, all at the
 * same time, and another replica where one fails or is slow. Those at the head are asked first.
 */
final class ShardRows implements RowReader {
    /** Rows of one request: fewer bytes than an answer may have, whatever the row width. */
    private static final int MOST_BYTES = 2 << 20;

    /** The part of a call's deadline that a replica has while there is another one. */
    private static final int PARTS_OF_DEADLINE = 5;

    private final NodeCalls calls;
    private final ServedLine line;
    private final TableManifest table;
    private final Epoch at;
    private final Set<String> atHead;
    private final Map<ChunkId, ShardRecord> shards = new HashMap<>();

    ShardRows(NodeCalls calls, ServedLine line, TableManifest table, Epoch at, Set<String> atHead) {
        this.calls = calls;
        this.line = line;
        this.table = table;
        this.at = at;
        this.atHead = Set.copyOf(atHead);
        line.assignment().shards().forEach(shard -> shard.chunks().forEach(chunk -> shards.put(chunk, shard)));
    }

    @Override
    public List<byte[]> read(List<RowPlace> places) {
        int most = Math.max(1, MOST_BYTES / table.rowBytes());
        Map<RowPlace, byte[]> found = new HashMap<>();
        for (int from = 0; from < places.size(); from += most) {
            readSome(places.subList(from, Math.min(places.size(), from + most)), found);
        }
        List<byte[]> rows = new ArrayList<>();
        for (RowPlace place : places) {
            rows.add(Optional.ofNullable(found.get(place)).orElseThrow());
        }
        return rows;
    }

    private void readSome(List<RowPlace> places, Map<RowPlace, byte[]> found) {
        Map<Integer, List<RowPlace>> byShard = new TreeMap<>();
        for (RowPlace place : places) {
            byShard.computeIfAbsent(shardOf(place).id(), _ -> new ArrayList<>()).add(place);
        }
        Map<Integer, CompletableFuture<ReadRowsResponse>> answers = new TreeMap<>();
        byShard.forEach((shard, wanted) -> answers.put(shard, ask(shardOf(wanted.getFirst()), request(wanted))));
        byShard.forEach((shard, wanted) -> {
            CompletableFuture<ReadRowsResponse> answer = answers.get(shard);
            take(wanted, joined(Optional.ofNullable(answer).orElseThrow()), found);
        });
    }

    private ShardRecord shardOf(RowPlace place) {
        ChunkId chunk = new ChunkId(table.name(), place.way(), (int) (place.row() / table.chunkRows()));
        return Optional.ofNullable(shards.get(chunk))
                .orElseThrow(() -> new IllegalStateException("chunk " + chunk + " is in no shard"));
    }

    private CompletableFuture<ReadRowsResponse> ask(ShardRecord shard, ReadRowsRequest request) {
        List<NodeLink> replicas = shard.replicas().stream()
                .map(ReplicaRecord::nodeId)
                .sorted(Comparator.comparing(node -> !atHead.contains(node)))
                .flatMap(node -> calls.link(node).stream())
                .toList();
        return ask(shard, replicas, request);
    }

    private CompletableFuture<ReadRowsResponse> ask(
            ShardRecord shard, List<NodeLink> replicas, ReadRowsRequest request) {
        if (replicas.isEmpty()) {
            return CompletableFuture.failedFuture(new MorphogenException(
                    FailureReason.UNAVAILABLE, "No replica of shard " + shard.id() + " answers for epoch " + at + "."));
        }
        Duration patience =
                replicas.size() == 1 ? calls.deadline() : calls.deadline().dividedBy(PARTS_OF_DEADLINE);
        return replicas.getFirst()
                .readRows(request, patience)
                .exceptionallyCompose(failed -> ask(shard, replicas.subList(1, replicas.size()), request));
    }

    private ReadRowsRequest request(List<RowPlace> wanted) {
        TreeMap<Integer, WayRowNumbers.Builder> ways = new TreeMap<>();
        for (RowPlace place : wanted) {
            ways.computeIfAbsent(place.way(), way -> WayRowNumbers.newBuilder().setWay(way))
                    .addRows(place.row());
        }
        ReadRowsRequest.Builder request = ReadRowsRequest.newBuilder()
                .setTerm(calls.term())
                .setGeneration(line.generation())
                .setEpoch(at.number())
                .setEpochMark(ByteString.copyFrom(at.mark()))
                .setTable(table.name());
        ways.values().forEach(request::addWays);
        return request.build();
    }

    private void take(List<RowPlace> wanted, ReadRowsResponse answer, Map<RowPlace, byte[]> found) {
        Map<Integer, ByteString> rows = new HashMap<>();
        for (WayRows way : answer.getWaysList()) {
            rows.put(way.getWay(), way.getRows());
        }
        Map<Integer, Integer> next = new HashMap<>();
        for (RowPlace place : wanted) {
            int index = next.merge(place.way(), 1, Integer::sum) - 1;
            ByteString way = rows.getOrDefault(place.way(), ByteString.EMPTY);
            int from = index * table.rowBytes();
            if (way.size() < from + table.rowBytes()) {
                throw new MorphogenException(
                        FailureReason.INTERNAL, "A node gave fewer rows of table " + table.name() + " than asked for.");
            }
            found.put(place, way.substring(from, from + table.rowBytes()).toByteArray());
        }
    }

    /** The answer; being interrupted is UNAVAILABLE. */
    static <T> T joined(CompletableFuture<T> future) {
        try {
            return future.get();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new MorphogenException(FailureReason.UNAVAILABLE, "Waiting for a node was interrupted.");
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof MorphogenException told) {
                throw told;
            }
            throw new IllegalStateException("a call to a node broke off", failed);
        }
    }
}
