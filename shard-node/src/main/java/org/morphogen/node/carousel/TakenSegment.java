package org.morphogen.node.carousel;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.morphogen.node.layout.SegmentGeometry;

/** What a worker scans next, and for whom. Used again and again by one worker. */
final class TakenSegment {
    private final List<Seat> seats = new ArrayList<>();
    private @Nullable SegmentGeometry geometry;
    private RideWay.@Nullable Chunk chunk;
    private int segment;

    void set(SegmentGeometry newGeometry, RideWay.Chunk newChunk, int newSegment, List<Seat> newSeats) {
        geometry = newGeometry;
        chunk = newChunk;
        segment = newSegment;
        seats.clear();
        seats.addAll(newSeats);
    }

    /** Lets go of riders and chunks. */
    void clear() {
        geometry = null;
        chunk = null;
        seats.clear();
    }

    List<Seat> seats() {
        return seats;
    }

    SegmentGeometry geometry() {
        return present(geometry);
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

    /** The segment's rows. */
    MemorySegment rows() {
        MemorySegment all = present(chunk).rows();
        long from = segment * geometry().segmentBytes();
        return all.asSlice(from, Math.min(geometry().segmentBytes(), all.byteSize() - from));
    }

    private static <T> T present(@Nullable T value) {
        if (value == null) {
            throw new IllegalStateException("no segment is taken");
        }
        return value;
    }
}
