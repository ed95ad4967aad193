package org.morphogen.coordinator.delta;

import java.util.Comparator;

/**
 * One row of a table. Ordered by way, then row.
 *
 * @param way from 0
 * @param row of that way, from 0
 */
public record RowPlace(int way, long row) implements Comparable<RowPlace> {
    private static final Comparator<RowPlace> ORDER =
            Comparator.comparingInt(RowPlace::way).thenComparingLong(RowPlace::row);

    public RowPlace {
        if (way < 0 || row < 0) {
            throw new IllegalArgumentException("way or row: is negative");
        }
    }

    @Override
    public int compareTo(RowPlace other) {
        return ORDER.compare(this, other);
    }
}
