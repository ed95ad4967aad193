package org.morphogen.node.carousel;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.morphogen.dpf.DpfEvaluator;
import org.morphogen.dpf.DpfKey;
import org.morphogen.dpf.DpfNodes;
import org.morphogen.node.layout.SegmentGeometry;

/** A rider's place at one chunk. What remains is guarded by the carousel's lock. */
final class Seat {
    private final Rider rider;
    private final int wayAt;
    private final RideWay way;
    private final RideWay.Chunk chunk;
    private int remaining;
    /** The keys' nodes for the chunk's segments, made when the first of them is scanned. Guarded by this. */
    private DpfNodes @Nullable [] nodes;

    Seat(Rider rider, int wayAt, RideWay.Chunk chunk) {
        this.rider = rider;
        this.wayAt = wayAt;
        this.way = rider.ride().ways().get(wayAt);
        this.chunk = chunk;
        this.remaining = chunk.geometry().usedSegments(chunk.rows().bytes());
    }

    Rider rider() {
        return rider;
    }

    int wayAt() {
        return wayAt;
    }

    RideWay way() {
        return way;
    }

    RideWay.Chunk chunk() {
        return chunk;
    }

    /** Segments that are not taken yet. */
    int remaining() {
        return remaining;
    }

    void take() {
        remaining--;
    }

    void vacate() {
        remaining = 0;
    }

    /** For each key of the way the nodes of all segments of the chunk. */
    synchronized DpfNodes[] nodes(DpfEvaluator evaluator) {
        DpfNodes[] made = nodes;
        if (made == null) {
            made = expand(evaluator);
            nodes = made;
        }
        return made;
    }

    /** Lets the nodes go; a worker that still needs them makes them again. */
    synchronized void forgetNodes() {
        nodes = null;
    }

    private DpfNodes[] expand(DpfEvaluator evaluator) {
        SegmentGeometry geometry = chunk.geometry();
        List<DpfKey> keys = way.keys();
        int segments = geometry.usedSegments(chunk.rows().bytes());
        DpfNodes[] made = new DpfNodes[keys.size()];
        for (int key = 0; key < made.length; key++) {
            made[key] = new DpfNodes();
            evaluator.expand(keys.get(key), geometry.level(), geometry.firstNode(chunk.index()), segments, made[key]);
        }
        return made;
    }
}
