package org.morphogen.node.epoch;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import org.morphogen.node.chunk.ChunkLease;
import org.morphogen.node.chunk.ChunkMemory;
import org.morphogen.node.chunk.ChunkRows;
import org.morphogen.node.layout.SegmentGeometry;
import org.morphogen.snapshot.ChunkId;

/**
 * A chunk in memory that deltas are merged into while it is scanned. Each of its segments stands at an epoch of its own:
 * whoever reads one learns at which, and sets right what differs from the epoch that was asked for. Thread-safe.
 */
public final class LiveChunk {
    private final ChunkId id;
    private final ChunkMemory memory;
    private final SegmentGeometry geometry;
    private final LiveSegment[] segments;
    private final boolean late;
    /** What no segment stands behind, and behind it what merging leads to; empty once nobody reads. Guarded by this. */
    private final Deque<Timeline.Pin> floor = new ArrayDeque<>();

    private boolean released;

    /** Takes over the memory, whose rows stand at the epoch pinned, and the pin. */
    public LiveChunk(ChunkId id, ChunkMemory memory, SegmentGeometry geometry, Timeline.Pin standing) {
        this(id, memory, geometry, standing, false);
    }

    LiveChunk(ChunkId id, ChunkMemory memory, SegmentGeometry geometry, Timeline.Pin standing, boolean late) {
        this.id = id;
        this.late = late;
        this.memory = memory;
        this.geometry = geometry;
        this.segments = new LiveSegment[geometry.usedSegments(bytes())];
        for (int i = 0; i < segments.length; i++) {
            int firstRow = i * geometry.segmentRows();
            segments[i] = new LiveSegment(
                    firstRow, Math.min(memory.rows().rows(), firstRow + geometry.segmentRows()), standing.epoch());
        }
        floor.add(standing);
    }

    /** Its name. */
    public ChunkId id() {
        return id;
    }

    /** How it is cut into segments. */
    public SegmentGeometry geometry() {
        return geometry;
    }

    /** Bytes of its plain rows. */
    public long bytes() {
        return memory.rows().bytes();
    }

    /** The right to read its rows; empty when they are already given back. */
    public Optional<ChunkLease> lease() {
        return memory.lease();
    }

    /** Whether deltas changed it before it came to this node, so that there are epochs known here but not of it. */
    boolean isLate() {
        return late;
    }

    /** One of its segments. */
    public LiveSegment segment(int index) {
        return segments[index];
    }

    /** The segment that a row lies in. */
    LiveSegment segmentOf(int row) {
        return segments[row / geometry.segmentRows()];
    }

    /** Brings all segments to an epoch, one after another; rows that are lost follow no more. Takes over the pin. */
    synchronized void merge(Timeline.Pin to, StepWatch watch) {
        Optional<ChunkLease> held = released ? Optional.empty() : memory.lease();
        if (held.isEmpty()) {
            to.close();
            return;
        }
        floor.addLast(to);
        try (ChunkLease lease = held.get()) {
            if (lease.rows().isLost()) {
                forgetEpochs();
                return;
            }
            for (LiveSegment segment : segments) {
                if (segment.merge(this, lease.rows(), to.epoch())) {
                    watch.reached(StepWatch.Step.SEGMENT_MERGED);
                }
            }
        }
        while (floor.size() > 1) {
            floor.removeFirst().close();
        }
    }

    /** How many segments do not stand at that epoch. */
    int segmentsBehind(KnownEpoch head) {
        int behind = 0;
        for (LiveSegment segment : segments) {
            long stamp = segment.startReading();
            behind += segment.standsAt(head) ? 0 : 1;
            segment.stopReading(stamp);
        }
        return behind;
    }

    /**
     * Copies plain rows as they were at an epoch.
     *
     * @param rows the chunk's, held by the caller
     * @param count of rows; {@code into} has room for them
     */
    public void read(ChunkRows rows, int firstRow, int count, KnownEpoch at, byte[] into) {
        int row = firstRow;
        while (row < firstRow + count) {
            LiveSegment segment = segmentOf(row);
            int end = Math.min(segment.endRow(), firstRow + count);
            segment.read(this, rows, row, end, at, into, (row - firstRow) * rows.rowBytes());
            row = end;
        }
    }

    /**
     * The owner lets go of the memory and of all epochs, once nobody merges. Whoever still reads keeps both: the rows stand
     * where they stood, and the way from there must not be forgotten. Call it once.
     */
    public synchronized void release() {
        released = true;
        memory.release(this::forgetEpochs);
    }

    private synchronized void forgetEpochs() {
        floor.forEach(Timeline.Pin::close);
        floor.clear();
    }
}
