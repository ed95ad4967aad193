package org.morphogen.node.query;

import java.util.ArrayList;
import java.util.List;

/**
 * What one thread scans at a time: consecutive steps of one chunk.
 *
 * @param wayAt the way's place in the plan
 * @param firstStep counted from the chunk's start
 */
record ScanUnit(int wayAt, WayPlan.Chunk chunk, int firstStep, int steps) {
    /** All of a plan, cut into units. */
    static List<ScanUnit> of(QueryPlan plan) {
        List<ScanUnit> units = new ArrayList<>();
        for (int wayAt = 0; wayAt < plan.ways().size(); wayAt++) {
            WayPlan way = plan.ways().get(wayAt);
            for (WayPlan.Chunk chunk : way.chunks()) {
                int used = way.steps().usedSteps(chunk.rows().byteSize() / way.rowBytes());
                for (int step = 0; step < used; step += way.steps().stepsPerUnit()) {
                    int steps = Math.min(way.steps().stepsPerUnit(), used - step);
                    units.add(new ScanUnit(wayAt, chunk, step, steps));
                }
            }
        }
        return units;
    }
}
