package org.morphogen.node.query;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.morphogen.dpf.DpfEvaluator;
import org.morphogen.dpf.DpfNodes;
import org.morphogen.node.engine.Accumulators;
import org.morphogen.node.engine.ScanEngine;
import org.morphogen.node.engine.ScanKernel;
import org.morphogen.node.engine.SelectionBits;

/**
 * Scans units: expands every key of the way below the unit's steps alone, and XORs the rows tile by tile while both the
 * selection bits and the tile are in cache. Keeps its buffers (a few MiB at most keys); used by one thread at a time.
 */
final class UnitScanner {
    private final ScanKernel kernel;
    private final DpfEvaluator evaluator = new DpfEvaluator();
    private final List<DpfNodes> stepNodes = new ArrayList<>();
    private @Nullable SelectionBits selection;
    private int selectionStrideBytes;

    UnitScanner(ScanEngine engine) {
        this.kernel = engine.newKernel();
    }

    /** XORs what the unit selects into {@code into}; stops early, with no use in the result, once cancelled. */
    void scan(WayPlan way, ScanUnit unit, Accumulators into, BooleanSupplier cancelled) {
        StepGeometry steps = way.steps();
        SelectionBits bits = selectionFor(way.keys().size(), steps.selectionBytes());
        kernel.begin(way.keys().size(), way.rowBytes());
        long firstNode = steps.firstNode(unit.chunk().index()) + unit.firstStep();
        for (int key = 0; key < way.keys().size(); key++) {
            evaluator.expand(way.keys().get(key), steps.level(), firstNode, unit.steps(), nodes(key));
        }
        for (int step = 0; step < unit.steps() && !cancelled.getAsBoolean(); step++) {
            for (int key = 0; key < way.keys().size(); key++) {
                evaluator.leavesBelow(way.keys().get(key), nodes(key), step, 1, bits.bits(), bits.offset(key));
            }
            scanStep(way, unit.chunk().rows(), unit.firstStep() + step, bits, cancelled);
        }
        kernel.addTo(into);
    }

    private void scanStep(WayPlan way, MemorySegment rows, int step, SelectionBits bits, BooleanSupplier cancelled) {
        StepGeometry steps = way.steps();
        int rowBytes = way.rowBytes();
        long stepStart = (long) step * steps.stepRows() * rowBytes;
        long stepEnd = Math.min(rows.byteSize(), stepStart + (long) steps.stepRows() * rowBytes);
        long tileBytes = (long) steps.tileRows() * rowBytes;
        for (long at = stepStart; at < stepEnd && !cancelled.getAsBoolean(); at += tileBytes) {
            MemorySegment tile = rows.asSlice(at, Math.min(tileBytes, stepEnd - at));
            kernel.xorSelected(tile, bits, (int) ((at - stepStart) / rowBytes));
        }
    }

    private DpfNodes nodes(int key) {
        while (stepNodes.size() <= key) {
            stepNodes.add(new DpfNodes());
        }
        return stepNodes.get(key);
    }

    private SelectionBits selectionFor(int keys, int strideBytes) {
        SelectionBits fitting = selection;
        if (fitting == null || fitting.keys() != keys || selectionStrideBytes != strideBytes) {
            fitting = new SelectionBits(keys, strideBytes);
            selection = fitting;
            selectionStrideBytes = strideBytes;
        }
        return fitting;
    }
}
