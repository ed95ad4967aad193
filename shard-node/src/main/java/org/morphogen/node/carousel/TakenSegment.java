package org.morphogen.node.carousel;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.morphogen.node.chunk.ChunkRows;
import org.morphogen.node.layout.SegmentGeometry;

/** What a worker scans next, and for whom. Used again and again by one worker. */
final class TakenSegment {
    private final List<Seat> seats = new ArrayList<>();
    private RideWay.@Nullable Chunk chunk;
    private int segment;

    void set(RideWay.Chunk newChunk, int newSegment, List<Seat> newSeats) {
        chunk = newChunk;
        segment = newSegment;
        seats.clear();
        seats.addAll(newSeats);
    }

    /** Lets go of riders and chunks. */
    void clear() {
        chunk = null;
        seats.clear();
    }

    List<Seat> seats() {
        return seats;
    }

    SegmentGeometry geometry() {
        return present(chunk).geometry();
    }

    /** The segment's node in the tree. */
    long node() {
        return geometry().firstNode(present(chunk).index()) + segment;
    }

    /** The segment's number in its chunk. */
    int index() {
        return segment;
    }

    /** From now on the segment's rows stay as they are; to be given to {@link #stopReading}. */
    long startReading() {
        return present(chunk)
                .epoch()
                .map(at -> at.segment(segment).startReading())
                .orElse(0L);
    }

    /** Lets merging go on. */
    void stopReading(long stamp) {
        present(chunk).epoch().ifPresent(at -> at.segment(segment).stopReading(stamp));
    }

    /** The chunk's rows. */
    ChunkRows rows() {
        return present(chunk).rows();
    }

    /** Bytes of the segment's plain rows. */
    long bytes() {
        return Math.min(
                geometry().segmentBytes(), rows().bytes() - segment * geometry().segmentBytes());
    }

    private static <T> T present(@Nullable T value) {
        if (value == null) {
            throw new IllegalStateException("no segment is taken");
        }
        return value;
    }
}
