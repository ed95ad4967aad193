package org.morphogen.coordinator.delta;

import java.util.List;

/**
 * Reads the rows of one table as they stood at the parent epoch. A call may take a network round trip, so callers ask
 * for many rows at once and seldom.
 */
@FunctionalInterface
public interface RowReader {
    /** Most places of one call; who needs more calls again. */
    int MOST_PLACES = 1 << 13;

    /**
     * The rows at these places, in their order, each in an array of its own that the reader does not touch again.
     *
     * @param places 1 to {@link #MOST_PLACES}, no two alike
     */
    List<byte[]> read(List<RowPlace> places);
}
