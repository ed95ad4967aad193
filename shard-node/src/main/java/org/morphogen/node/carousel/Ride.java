package org.morphogen.node.carousel;

import java.util.List;
import java.util.Optional;
import org.morphogen.node.chunk.ChunkLease;
import org.morphogen.node.epoch.Timeline;

/**
 * What a query wants scanned, all of it checked, and the chunks that it holds until closed. A class, not a record: keys
 * have no text form. Immutable.
 */
public final class Ride implements AutoCloseable {
    private final List<RideWay> ways;
    private final List<ChunkLease> leases;
    private final Optional<Timeline.Pin> epoch;

    /** Takes over the leases, which hold the rows of all chunks of {@code ways}, none of which deltas change. */
    public Ride(List<RideWay> ways, List<ChunkLease> leases) {
        this(ways, leases, Optional.empty());
    }

    /** Takes over the leases, which hold the rows of all chunks of {@code ways}, and the epoch that is asked for. */
    public Ride(List<RideWay> ways, List<ChunkLease> leases, Optional<Timeline.Pin> epoch) {
        this.ways = List.copyOf(ways);
        this.leases = List.copyOf(leases);
        this.epoch = epoch;
    }

    /** The ways, each with at least one key and one chunk. */
    public List<RideWay> ways() {
        return ways;
    }

    /** Keys over all ways. */
    public int keys() {
        return ways.stream().mapToInt(way -> way.keys().size()).sum();
    }

    @Override
    public void close() {
        leases.forEach(ChunkLease::close);
        epoch.ifPresent(Timeline.Pin::close);
    }
}
