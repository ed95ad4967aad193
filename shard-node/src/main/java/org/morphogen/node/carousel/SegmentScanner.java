package org.morphogen.node.carousel;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.morphogen.dpf.DpfDomain;
import org.morphogen.dpf.DpfEvaluator;
import org.morphogen.dpf.DpfKey;
import org.morphogen.dpf.DpfNodes;
import org.morphogen.node.engine.Accumulators;
import org.morphogen.node.engine.ScanEngine;
import org.morphogen.node.engine.ScanKernel;
import org.morphogen.node.engine.SelectionBits;
import org.morphogen.node.epoch.ChunkAtEpoch;
import org.morphogen.node.layout.SegmentGeometry;
import org.morphogen.node.layout.SlicedLayout;

/**
 * Scans segments for all who need them. The keys of many riders are one batch; step by step their selection bits are
 * made and used at once, so that they stay in the cache. Keeps its buffers, some MiB; one worker's own.
 */
final class SegmentScanner {
    /** Keys that pass over a segment together; more pass in several goes. */
    private static final int MAX_BATCH_KEYS = RideWay.MAX_KEYS;
    /** Selection bits of all keys that are made at once. */
    private static final int STEP_BYTES = 256 << 10;
    /** Rows that are handed to the kernel at once. */
    private static final int CALL_BYTES = 1 << 20;

    private static final int TILE_LEAVES = SlicedLayout.TILE_ROWS / DpfDomain.ROWS_PER_LEAF;

    private final ScanKernel kernel;
    private final DpfEvaluator evaluator = new DpfEvaluator();
    private final DpfNodes[] oneStep = new DpfNodes[MAX_BATCH_KEYS];
    private final DpfNodes[] nodes = new DpfNodes[MAX_BATCH_KEYS];
    private final DpfKey[] keys = new DpfKey[MAX_BATCH_KEYS];
    private final List<Correction> corrections = new ArrayList<>();
    private final SelectionBits selection = new SelectionBits(1, DpfDomain.LEAF_BYTES);
    private final Accumulators sums = new Accumulators(0, DpfDomain.LEAF_BYTES);

    SegmentScanner(ScanEngine engine) {
        this.kernel = engine.newKernel();
        Arrays.setAll(oneStep, key -> new DpfNodes());
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
            int batchKeys = 0;
            corrections.clear();
            while (to < seats.size() && batchKeys + keysOf(seats.get(to)) <= MAX_BATCH_KEYS) {
                correct(seats.get(to), segment.index(), batchKeys);
                batchKeys += gather(seats.get(to), batchKeys);
                to++;
            }
            scanBatch(segment, batchKeys);
            spread(seats, from, to);
            from = to;
        }
        Arrays.fill(keys, null);
        Arrays.fill(nodes, null);
    }

    private static int keysOf(Seat seat) {
        return seat.way().keys().size();
    }

    private void correct(Seat seat, int segment, int firstKey) {
        if (seat.chunk().epoch().isPresent()) {
            ChunkAtEpoch wanted = seat.chunk().epoch().get();
            if (!wanted.isStanding(segment)) {
                corrections.add(new Correction(wanted.differences(segment), firstKey, keysOf(seat)));
            }
        }
    }

    private int gather(Seat seat, int at) {
        DpfNodes[] own = seat.nodes(evaluator);
        for (int key = 0; key < own.length; key++) {
            keys[at + key] = seat.way().keys().get(key);
            nodes[at + key] = own[key];
        }
        return own.length;
    }

    private void spread(List<Seat> seats, int from, int to) {
        int firstKey = 0;
        for (int seat = from; seat < to; seat++) {
            seats.get(seat).rider().add(seats.get(seat).wayAt(), sums, firstKey);
            firstKey += keysOf(seats.get(seat));
        }
    }

    private void scanBatch(TakenSegment segment, int batchKeys) {
        SegmentGeometry geometry = segment.geometry();
        MemorySegment rows = segment.rows();
        int segmentLeaves = geometry.segmentLeaves();
        int stepLeaves = Math.min(segmentLeaves, stepLeaves(batchKeys));
        int steps = segmentLeaves / stepLeaves;
        int stepRows = stepLeaves * DpfDomain.ROWS_PER_LEAF;
        int firstRow = segment.index() * geometry.segmentRows();
        sums.reshape(batchKeys, geometry.rowBytes());
        kernel.begin(batchKeys, geometry.rowBytes());
        long stepBytes = (long) stepRows * geometry.rowBytes();
        selection.reshape(batchKeys, stepLeaves * DpfDomain.LEAF_BYTES);
        DpfNodes[] parents = steps == 1 ? nodes : stepNodes(segment.node(), geometry, batchKeys, steps);
        long firstNode = segment.node() * steps;
        for (int step = 0; step < steps && step * stepBytes < rows.byteSize(); step++) {
            evaluator.leavesBelow(
                    keys, parents, batchKeys, firstNode + step, 1, selection.bits(), selection.strideBytes());
            long at = step * stepBytes;
            scanStep(rows.asSlice(at, Math.min(stepBytes, rows.byteSize() - at)), geometry.rowBytes());
            for (Correction correction : corrections) {
                int stepRow = firstRow + step * stepRows;
                correction.upTo(stepRow + stepRows, stepRow, selection, sums);
            }
        }
        kernel.addTo(sums);
    }

    /** So many that the selection bits fit the cache, but no less than a tile's. */
    private static int stepLeaves(int batchKeys) {
        return Math.max(TILE_LEAVES, Integer.highestOneBit(STEP_BYTES / DpfDomain.LEAF_BYTES / batchKeys));
    }

    private DpfNodes[] stepNodes(long node, SegmentGeometry geometry, int batchKeys, int steps) {
        int level = geometry.level() + Integer.numberOfTrailingZeros(steps);
        for (int key = 0; key < batchKeys; key++) {
            evaluator.expandBelow(keys[key], nodes[key], node, level, oneStep[key]);
        }
        return oneStep;
    }

    private void scanStep(MemorySegment rows, int rowBytes) {
        long tileBytes = (long) SlicedLayout.TILE_ROWS * rowBytes;
        long callBytes = Math.max(1, CALL_BYTES / tileBytes) * tileBytes;
        for (long at = 0; at < rows.byteSize(); at += callBytes) {
            MemorySegment tiles = rows.asSlice(at, Math.min(callBytes, rows.byteSize() - at));
            kernel.xorSelected(tiles, selection, (int) (at / rowBytes));
        }
    }
}
