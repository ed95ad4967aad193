package org.morphogen.node.control;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.grpc.Context;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import org.morphogen.epoch.Delta;
import org.morphogen.epoch.DeltaCodec;
import org.morphogen.epoch.Epoch;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.morphogen.node.chunk.ChunkLease;
import org.morphogen.node.epoch.EpochKeeper;
import org.morphogen.node.epoch.KnownEpoch;
import org.morphogen.node.epoch.LiveChunk;
import org.morphogen.node.epoch.Timeline;
import org.morphogen.node.generation.HeldGeneration;
import org.morphogen.node.generation.HeldGenerations;
import org.morphogen.node.generation.Recovery;
import org.morphogen.node.handover.ChunkGiver;
import org.morphogen.node.handover.Donors;
import org.morphogen.protocol.v1.ApplyResponse;
import org.morphogen.protocol.v1.ApplyStart;
import org.morphogen.protocol.v1.BeginAt;
import org.morphogen.protocol.v1.ChunkDigestsRequest;
import org.morphogen.protocol.v1.ChunkDigestsResponse;
import org.morphogen.protocol.v1.ChunkRef;
import org.morphogen.protocol.v1.CopyPart;
import org.morphogen.protocol.v1.CopyRequest;
import org.morphogen.protocol.v1.ReadRowsRequest;
import org.morphogen.protocol.v1.ReadRowsResponse;
import org.morphogen.protocol.v1.RecoverRequest;
import org.morphogen.protocol.v1.RecoverResponse;
import org.morphogen.protocol.v1.RewindRequest;
import org.morphogen.protocol.v1.RewindResponse;
import org.morphogen.protocol.v1.WayRowNumbers;
import org.morphogen.protocol.v1.WayRows;
import org.morphogen.row.Bytes32;
import org.morphogen.snapshot.ChunkGeometry;
import org.morphogen.snapshot.ChunkId;
import org.morphogen.snapshot.Manifest;
import org.morphogen.snapshot.TableManifest;
import org.morphogen.transport.Endpoint;

/** What the leader does with the epochs of a generation. Thread-safe. */
final class EpochControl {
    /** Most bytes of rows in one answer, so that it fits a message. */
    private static final int MAX_ROW_BYTES = 3 << 20;

    private final HeldGenerations generations;
    private final Semaphore digesting = new Semaphore(1);
    private final ChunkGiver giver = new ChunkGiver();

    EpochControl(HeldGenerations generations) {
        this.generations = generations;
    }

    /** Fails with STALE_TERM or REQUEST_INVALID unless the party's leader begins a delta. */
    void requireLeader(ApplyStart start) {
        generations.requireLeader(start.getTerm(), start.getParty());
    }

    ApplyResponse apply(DeltaReceiver.Received received) {
        var start = received.start();
        // Another may lead since it began.
        requireLeader(start);
        HeldGeneration held = held(start.getGeneration());
        var message = org.morphogen.protocol.v1.Delta.newBuilder()
                .setHeader(start.getHeader())
                .addAllPieces(received.pieces())
                .build();
        Delta delta;
        try {
            delta = DeltaCodec.read(message, manifest(held));
        } catch (IllegalArgumentException wrong) {
            throw invalid(String.valueOf(wrong.getMessage()));
        }
        Epoch head = keeper(held).apply(delta, new HashSet<>(held.wish().chunks()));
        return ApplyResponse.newBuilder().setHead(DeltaCodec.write(head)).build();
    }

    RewindResponse rewind(RewindRequest request) {
        generations.requireLeader(request.getTerm(), request.getParty());
        Epoch head = keeper(held(request.getGeneration())).rewind(digest("digest", request.getDigest()));
        return RewindResponse.newBuilder().setHead(DeltaCodec.write(head)).build();
    }

    ReadRowsResponse read(ReadRowsRequest request) {
        generations.requireTerm(request.getTerm());
        generations.requireSound();
        HeldGeneration held = held(request.getGeneration());
        TableManifest table = manifest(held)
                .table(request.getTable())
                .orElseThrow(() -> new MorphogenException(
                        FailureReason.TABLE_UNKNOWN, "table: the generation has no such table."));
        long rows = request.getWaysList().stream()
                .mapToLong(WayRowNumbers::getRowsCount)
                .sum();
        if (rows * table.rowBytes() > MAX_ROW_BYTES) {
            throw new MorphogenException(
                    FailureReason.REQUEST_TOO_LARGE,
                    "rows: more than " + MAX_ROW_BYTES + " bytes.",
                    Map.of("limit", Integer.toString(MAX_ROW_BYTES / table.rowBytes())));
        }
        try (Timeline.Pin at = keeper(held)
                .epochs()
                .pin(request.getEpoch(), request.getEpochMark().toByteArray())) {
            ReadRowsResponse.Builder response = ReadRowsResponse.newBuilder();
            request.getWaysList().forEach(way -> response.addWays(read(held, table, way, at.epoch())));
            return response.build();
        }
    }

    /** Fails with BUSY while others are made: each takes a processor for seconds. Stops when the caller is gone. */
    ChunkDigestsResponse digests(ChunkDigestsRequest request) {
        generations.requireTerm(request.getTerm());
        generations.requireSound();
        HeldGeneration held = held(request.getGeneration());
        EpochKeeper keeper = keeper(held);
        if (!digesting.tryAcquire()) {
            throw new MorphogenException(FailureReason.BUSY, "This node is making other digests.");
        }
        try (Timeline.Pin at =
                keeper.epochs().pin(request.getEpoch(), request.getEpochMark().toByteArray())) {
            ChunkDigestsResponse.Builder response = ChunkDigestsResponse.newBuilder();
            for (ChunkId chunk : wanted(request, held)) {
                if (Context.current().isCancelled()) {
                    break;
                }
                keeper.digest(chunk, at.epoch())
                        .ifPresent(sha256 -> response.addChunks(DeltaCodec.write(chunk, sha256)));
            }
            return response.build();
        } finally {
            digesting.release();
        }
    }

    private static List<ChunkId> wanted(ChunkDigestsRequest request, HeldGeneration held) {
        Set<ChunkRef> named = Set.copyOf(request.getChunksList());
        return held.wish().chunks().stream()
                .filter(chunk -> named.isEmpty() || named.contains(DeltaCodec.write(chunk)))
                .toList();
    }

    RecoverResponse recover(RecoverRequest request) {
        generations.recover(request.getParty(), request.getGeneration(), recovery(request));
        return RecoverResponse.getDefaultInstance();
    }

    private static Recovery recovery(RecoverRequest request) {
        try {
            return new Recovery(
                    new Donors.Named(
                            request.getTerm(),
                            request.getDonorsList().stream()
                                    .map(Endpoint::parse)
                                    .toList()),
                    request.hasBeginAt() ? Optional.of(beginning(request.getBeginAt())) : Optional.empty());
        } catch (IllegalArgumentException wrong) {
            throw invalid(String.valueOf(wrong.getMessage()));
        } catch (MorphogenException notAnEndpoint) {
            throw invalid("donors: " + notAnEndpoint.getMessage());
        }
    }

    private static Recovery.Beginning beginning(BeginAt message) {
        return new Recovery.Beginning(
                DeltaCodec.read(message.getEpoch()),
                message.getFoundDigest().isEmpty()
                        ? Optional.empty()
                        : Optional.of(DeltaCodec.bytes32("begin_at.found_digest", message.getFoundDigest())));
    }

    /** Begins to give what another replica asks for. To be called in the call's own method. */
    void copy(CopyRequest request, ServerCallStreamObserver<CopyPart> taker) {
        generations.requireLeader(request.getTerm(), request.getParty());
        generations.requireSound();
        HeldGeneration held = held(request.getGeneration());
        if (request.getWhatCase() != CopyRequest.WhatCase.CHUNK) {
            throw invalid("what: this node knows chunks alone");
        }
        if (request.getFromEpoch() < 0) {
            throw invalid("from_epoch: over 2^63 - 1");
        }
        ChunkId id = chunk(request.getChunk());
        LiveChunk chunk = held.chunk(id).orElseThrow(() -> notHeld("chunk", id));
        giver.give(chunk, keeper(held).epochs(), request.getFromEpoch(), taker);
    }

    private static ChunkId chunk(ChunkRef message) {
        try {
            return new ChunkId(message.getTable(), message.getWay(), message.getIndex());
        } catch (IllegalArgumentException wrong) {
            throw invalid("chunk: " + wrong.getMessage());
        }
    }

    private static WayRows read(HeldGeneration held, TableManifest table, WayRowNumbers way, KnownEpoch at) {
        ChunkGeometry geometry = table.geometry();
        if (way.getWay() < 0 || way.getWay() >= table.ways()) {
            throw new MorphogenException(
                    FailureReason.WAY_UNKNOWN, "ways: the table has ways 0 to " + (table.ways() - 1) + ".");
        }
        byte[] rows = new byte[way.getRowsCount() * table.rowBytes()];
        byte[] row = new byte[table.rowBytes()];
        for (int i = 0; i < way.getRowsCount(); i++) {
            long number = way.getRows(i);
            if (number < 0 || number >= geometry.rowsPerWay()) {
                throw invalid("rows: one is past the way's end");
            }
            ChunkId id = new ChunkId(table.name(), way.getWay(), (int) (number / geometry.chunkRows()));
            read(held, id, (int) (number % geometry.chunkRows()), at, row);
            System.arraycopy(row, 0, rows, i * row.length, row.length);
        }
        return WayRows.newBuilder()
                .setWay(way.getWay())
                .setRows(UnsafeByteOperations.unsafeWrap(rows))
                .build();
    }

    private static void read(HeldGeneration held, ChunkId id, int row, KnownEpoch at, byte[] into) {
        LiveChunk chunk =
                held.chunk(id, at).orElseThrow(() -> notHeld("rows", id)).chunk();
        try (ChunkLease lease = chunk.lease().orElseThrow(() -> notHeld("rows", id))) {
            chunk.read(lease.rows(), row, 1, at, into);
        }
    }

    private HeldGeneration held(long generation) {
        return generations
                .find(generation)
                .orElseThrow(() -> new MorphogenException(
                        FailureReason.GENERATION_UNKNOWN, "generation: this node holds nothing of it."));
    }

    private static Manifest manifest(HeldGeneration held) {
        return held.manifest().orElseThrow(EpochControl::notReady);
    }

    private static EpochKeeper keeper(HeldGeneration held) {
        return held.keeper().orElseThrow(EpochControl::notReady);
    }

    private static MorphogenException notReady() {
        return new MorphogenException(
                FailureReason.NOT_SERVING, "This node has not read its manifest and delta log yet.");
    }

    private static MorphogenException notHeld(String field, ChunkId id) {
        return new MorphogenException(
                FailureReason.CHUNK_NOT_HELD, field + ": this node does not hold chunk " + id + ", or not yet.");
    }

    private static Bytes32 digest(String field, ByteString bytes) {
        try {
            return DeltaCodec.bytes32(field, bytes);
        } catch (IllegalArgumentException wrong) {
            throw invalid(String.valueOf(wrong.getMessage()));
        }
    }

    private static MorphogenException invalid(String what) {
        return new MorphogenException(FailureReason.REQUEST_INVALID, what + ".");
    }
}
