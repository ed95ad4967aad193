package org.morphogen.coordinator.placement;

import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.morphogen.snapshot.ChunkId;

/**
 * Consecutive chunks of one way.
 *
 * @param table the table
 * @param way the way
 * @param first index of the first chunk
 * @param count how many, at least one
 */
public record ChunkRun(String table, int way, int first, int count) {
    public ChunkRun {
        if (way < 0 || first < 0 || count < 1) {
            throw new IllegalArgumentException("a run of chunks has a way, a first chunk and at least one chunk");
        }
    }

    /** The chunks, ascending. */
    public Stream<ChunkId> chunks() {
        return IntStream.range(first, first + count).mapToObj(index -> new ChunkId(table, way, index));
    }

    /** Whether {@code chunk} comes right after this run's last. */
    boolean continuesWith(ChunkId chunk) {
        return chunk.table().equals(table) && chunk.way() == way && chunk.index() == first + count;
    }

    /** This run and one chunk more. */
    ChunkRun longer() {
        return new ChunkRun(table, way, first, count + 1);
    }
}
