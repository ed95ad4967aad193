package org.morphogen.coordinator.delta;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.morphogen.row.RowTag;

/**
 * The rows of the parent epoch, read when needed and kept. Full, it forgets all of them and begins again: what it gives
 * is the same, only the reader is asked more often. Not thread-safe.
 */
final class ParentRows {
    private final RowReader reader;
    private final int rowBytes;
    private final PlanningBounds bounds;
    private final Map<RowPlace, byte[]> kept = new HashMap<>();

    ParentRows(RowReader reader, int rowBytes, PlanningBounds bounds) {
        this.reader = reader;
        this.rowBytes = rowBytes;
        this.bounds = bounds;
    }

    /** Most places whose rows are sure to be kept together after {@link #fetch}. */
    int mostAtOnce() {
        return bounds.placesACall();
    }

    /** How many more rows can be kept without forgetting any. */
    int room() {
        return bounds.cachedRows() - kept.size();
    }

    /** The row, if it is kept; not to be changed. */
    Optional<byte[]> kept(RowPlace place) {
        return Optional.ofNullable(kept.get(place));
    }

    /** The row, read if need be; not to be changed. */
    byte[] row(RowPlace place) {
        return kept(place).orElseGet(() -> {
            fetch(List.of(place));
            return kept(place).orElseThrow();
        });
    }

    /** Reads those of the places that are not kept, in as few calls as possible. No two places are alike. */
    void fetch(List<RowPlace> places) {
        if (places.size() <= room()) {
            inCalls(missing(places));
            return;
        }
        // Piece by piece, so that forgetting never takes what was asked for last.
        for (int from = 0; from < places.size(); from += mostAtOnce()) {
            List<RowPlace> piece = places.subList(from, Math.min(places.size(), from + mostAtOnce()));
            if (missing(piece).size() > room()) {
                kept.clear();
            }
            inCalls(missing(piece));
        }
    }

    private List<RowPlace> missing(List<RowPlace> places) {
        List<RowPlace> missing = new ArrayList<>();
        for (RowPlace place : places) {
            if (!kept.containsKey(place)) {
                missing.add(place);
            }
        }
        return missing;
    }

    private void inCalls(List<RowPlace> places) {
        for (int from = 0; from < places.size(); from += mostAtOnce()) {
            call(List.copyOf(places.subList(from, Math.min(places.size(), from + mostAtOnce()))));
        }
    }

    private void call(List<RowPlace> places) {
        List<byte[]> rows = reader.read(places);
        if (rows.size() != places.size()) {
            throw new MorphogenException(
                    FailureReason.INTERNAL,
                    "Asked for " + places.size() + " rows, the reader gave " + rows.size() + ".");
        }
        for (int i = 0; i < rows.size(); i++) {
            kept.put(places.get(i), checked(rows.get(i)));
        }
    }

    private byte[] checked(byte[] row) {
        if (row.length != rowBytes) {
            throw new MorphogenException(
                    FailureReason.INTERNAL,
                    "Rows have " + rowBytes + " bytes, the reader gave one of " + row.length + ".");
        }
        if (RowTag.read(row, 0) == 0 && !RowTag.isEmpty(row, 0, rowBytes)) {
            throw new MorphogenException(
                    FailureReason.SNAPSHOT_INVALID, "A row has tag 0, as an empty one, and yet holds something.");
        }
        return row;
    }
}
