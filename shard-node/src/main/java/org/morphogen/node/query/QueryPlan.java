package org.morphogen.node.query;

import java.util.List;
import org.morphogen.node.chunk.ChunkLease;

/** A query that passed all checks, holding the chunks that it will scan until closed. */
final class QueryPlan implements AutoCloseable {
    private final List<WayPlan> ways;
    private final List<ChunkLease> leases;

    /** Takes over the leases. */
    QueryPlan(List<WayPlan> ways, List<ChunkLease> leases) {
        this.ways = List.copyOf(ways);
        this.leases = List.copyOf(leases);
    }

    List<WayPlan> ways() {
        return ways;
    }

    /** Keys over all ways. */
    int keys() {
        return ways.stream().mapToInt(way -> way.keys().size()).sum();
    }

    @Override
    public void close() {
        leases.forEach(ChunkLease::close);
    }
}
