package org.morphogen.node.carousel;

import java.util.List;
import java.util.Optional;
import org.morphogen.dpf.DpfKey;
import org.morphogen.node.chunk.ChunkLease;
import org.morphogen.node.chunk.ChunkRows;
import org.morphogen.node.engine.SegmentBatch;
import org.morphogen.node.epoch.ChunkAtEpoch;
import org.morphogen.node.layout.SegmentGeometry;

/**
 * One way of a ride: its keys and the chunks that are to be scanned for them. A class, not a record: keys have no text
 * form. Immutable.
 */
public final class RideWay {
    /** Most keys of one way. */
    public static final int MAX_KEYS = SegmentBatch.MAX_KEYS;

    private final int way;
    private final List<DpfKey> keys;
    private final List<Chunk> chunks;

    /**
     * A chunk of the way.
     *
     * @param index in the way
     * @param geometry how it is cut into segments
     * @param rows held by the ride's lease
     * @param bank that they lie in
     * @param epoch that is asked for, where deltas are merged into the rows
     */
    public record Chunk(int index, SegmentGeometry geometry, ChunkRows rows, int bank, Optional<ChunkAtEpoch> epoch) {
        /** Held by that lease; no delta changes it. */
        public static Chunk of(int index, SegmentGeometry geometry, ChunkLease lease) {
            return new Chunk(index, geometry, lease.rows(), lease.bank(), Optional.empty());
        }

        /** Held by that lease, wanted as it was at an epoch that is pinned as long as the lease. */
        public static Chunk of(int index, ChunkLease lease, ChunkAtEpoch epoch) {
            return new Chunk(index, epoch.chunk().geometry(), lease.rows(), lease.bank(), Optional.of(epoch));
        }
    }

    /** 1 to {@link #MAX_KEYS} keys of the table's depth; at least one chunk, each at most once. */
    public RideWay(int way, List<DpfKey> keys, List<Chunk> chunks) {
        if (keys.isEmpty() || keys.size() > MAX_KEYS || chunks.isEmpty()) {
            throw new IllegalArgumentException(
                    "a way needs 1 to " + MAX_KEYS + " keys and a chunk, has " + keys.size() + " and " + chunks.size());
        }
        this.way = way;
        this.keys = List.copyOf(keys);
        this.chunks = List.copyOf(chunks);
    }

    /** The way's number. */
    public int way() {
        return way;
    }

    int rowBytes() {
        return chunks.getFirst().rows().rowBytes();
    }

    /** The keys, in the order of the answer's rows. */
    public List<DpfKey> keys() {
        return keys;
    }

    List<Chunk> chunks() {
        return chunks;
    }
}
