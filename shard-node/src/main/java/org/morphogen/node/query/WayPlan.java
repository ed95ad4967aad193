package org.morphogen.node.query;

import java.lang.foreign.MemorySegment;
import java.util.List;
import org.morphogen.dpf.DpfKey;

/**
 * One way of a query, checked: what is to be scanned for which keys. A class, not a record: keys have no text form.
 * Immutable.
 */
final class WayPlan {
    private final int way;
    private final int rowBytes;
    private final StepGeometry steps;
    private final List<DpfKey> keys;
    private final List<Chunk> chunks;

    /** A chunk of the way, its rows held by the plan's lease. */
    record Chunk(int index, MemorySegment rows) {}

    WayPlan(int way, int rowBytes, StepGeometry steps, List<DpfKey> keys, List<Chunk> chunks) {
        this.way = way;
        this.rowBytes = rowBytes;
        this.steps = steps;
        this.keys = List.copyOf(keys);
        this.chunks = List.copyOf(chunks);
    }

    int way() {
        return way;
    }

    int rowBytes() {
        return rowBytes;
    }

    StepGeometry steps() {
        return steps;
    }

    List<DpfKey> keys() {
        return keys;
    }

    List<Chunk> chunks() {
        return chunks;
    }
}
