package org.morphogen.node.query;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.morphogen.dpf.DpfKey;
import org.morphogen.dpf.DpfKeyCodec;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.morphogen.node.carousel.Ride;
import org.morphogen.node.carousel.RideWay;
import org.morphogen.node.chunk.ChunkLease;
import org.morphogen.node.epoch.ChunkAtEpoch;
import org.morphogen.node.epoch.Timeline;
import org.morphogen.node.generation.HeldGeneration;
import org.morphogen.protocol.v1.ChunkRange;
import org.morphogen.protocol.v1.WayKeys;
import org.morphogen.snapshot.ChunkGeometry;
import org.morphogen.snapshot.ChunkId;
import org.morphogen.snapshot.TableManifest;

/** Decodes the keys and leases the chunks of one query, way by way. Not thread-safe. */
final class PlanBuilder {
    private final int party;
    private final TableManifest table;
    private final HeldGeneration generation;
    private final Timeline.Pin epoch;
    private final ChunkGeometry geometry;
    private final List<RideWay> ways = new ArrayList<>();
    private final List<ChunkLease> leases = new ArrayList<>();

    /** Takes over the pin of the epoch that is asked for. */
    PlanBuilder(int party, TableManifest table, HeldGeneration generation, Timeline.Pin epoch) {
        this.epoch = epoch;
        this.party = party;
        this.table = table;
        this.generation = generation;
        this.geometry = table.geometry();
    }

    /** Adds a way whose number and counts are already checked. */
    void add(WayKeys way) {
        List<DpfKey> keys = way.getKeysList().stream().map(this::key).toList();
        List<RideWay.Chunk> chunks = new ArrayList<>();
        long next = 0;
        for (ChunkRange range : way.getChunksList()) {
            long first = Integer.toUnsignedLong(range.getFirst());
            long end = first + Integer.toUnsignedLong(range.getCount());
            if (end == first || first < next || end > geometry.chunksPerWay()) {
                throw QueryCheck.invalid("chunks: a range is empty, not behind the one before, or past the way's end");
            }
            for (long index = first; index < end; index++) {
                chunks.add(chunk(way.getWay(), (int) index));
            }
            next = end;
        }
        ways.add(new RideWay(way.getWay(), keys, chunks));
    }

    Ride build() {
        return new Ride(ways, leases, Optional.of(epoch));
    }

    /** Gives back what was leased so far, and the epoch. */
    void abandon() {
        leases.forEach(ChunkLease::close);
        epoch.close();
    }

    private DpfKey key(ByteString encoded) {
        DpfKey key = DpfKeyCodec.decode(encoded.toByteArray());
        if (key.party() != party) {
            throw new MorphogenException(
                    FailureReason.KEY_OF_OTHER_PARTY,
                    "keys: one is for the other party; this node is of party " + party + ".");
        }
        int depth = geometry.domain().depth();
        if (key.depth() != depth) {
            throw new MorphogenException(
                    FailureReason.KEY_DEPTH_WRONG,
                    "keys: one is of depth " + key.depth() + ", the table's is " + depth + ".");
        }
        return key;
    }

    private RideWay.Chunk chunk(int way, int index) {
        ChunkId id = new ChunkId(table.name(), way, index);
        ChunkAtEpoch chunk = generation.chunk(id, epoch.epoch()).orElseThrow(() -> notHeld(id));
        ChunkLease lease = chunk.chunk().lease().orElseThrow(() -> notHeld(id));
        leases.add(lease);
        return RideWay.Chunk.of(index, lease, chunk);
    }

    private static MorphogenException notHeld(ChunkId id) {
        return new MorphogenException(
                FailureReason.CHUNK_NOT_HELD, "chunks: this node does not hold chunk " + id + ", or not yet.");
    }
}
