package org.morphogen.node.carousel;

import java.util.List;
import org.morphogen.dpf.DpfDomain;
import org.morphogen.dpf.DpfEvaluator;
import org.morphogen.dpf.DpfNodes;
import org.morphogen.node.engine.Accumulators;
import org.morphogen.node.engine.ScanEngine;
import org.morphogen.node.engine.SegmentBatch;
import org.morphogen.node.engine.SegmentScan;
import org.morphogen.node.epoch.ChunkAtEpoch;

/**
 * Scans segments for all who need them: the keys of many riders are one batch. Keeps its buffers, some MiB; one worker's
 * own.
 */
final class SegmentScanner {
    private final SegmentScan scan;
    private final DpfEvaluator evaluator = new DpfEvaluator();
    private final SegmentBatch batch = new SegmentBatch();
    private final Accumulators sums = new Accumulators(0, DpfDomain.LEAF_BYTES);

    SegmentScanner(ScanEngine engine) {
        this.scan = engine.newScan();
    }

    /** Adds what the segment has for everyone who sits there. */
    void scan(TakenSegment segment) {
        long stamp = segment.startReading();
        try {
            scanStanding(segment);
        } finally {
            segment.stopReading(stamp);
        }
    }

    private void scanStanding(TakenSegment segment) {
        List<Seat> seats = segment.seats();
        int from = 0;
        while (from < seats.size()) {
            int to = from;
            batch.begin(segment.geometry(), segment.rows(), segment.index(), segment.node());
            while (to < seats.size() && batch.hasRoom(keysOf(seats.get(to)))) {
                correct(seats.get(to), segment.index());
                gather(seats.get(to));
                to++;
            }
            sums.reshape(batch.count(), segment.geometry().rowBytes());
            scan.scan(batch, sums);
            spread(seats, from, to);
            from = to;
        }
        batch.clear();
    }

    private static int keysOf(Seat seat) {
        return seat.way().keys().size();
    }

    private void correct(Seat seat, int segment) {
        if (seat.chunk().epoch().isPresent()) {
            ChunkAtEpoch wanted = seat.chunk().epoch().get();
            if (!wanted.isStanding(segment)) {
                batch.correct(wanted.differences(segment), keysOf(seat));
            }
        }
    }

    private void gather(Seat seat) {
        DpfNodes[] own = seat.nodes(evaluator);
        for (int key = 0; key < own.length; key++) {
            batch.add(seat.way().keys().get(key), own[key]);
        }
    }

    private void spread(List<Seat> seats, int from, int to) {
        int firstKey = 0;
        for (int seat = from; seat < to; seat++) {
            seats.get(seat).rider().add(seats.get(seat).wayAt(), sums, firstKey);
            firstKey += keysOf(seats.get(seat));
        }
    }
}
