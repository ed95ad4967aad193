package org.morphogen.coordinator.delta;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.morphogen.row.RowTag;

/**
 * A table as it stands in the middle of a plan: the parent's rows, and over them those that the plan has changed. Rows
 * are never written into, only replaced. Not thread-safe.
 */
final class MatrixRows {
    private final ParentRows parent;
    private final Map<RowPlace, Changed> changed;

    MatrixRows(ParentRows parent) {
        this(parent, new HashMap<>());
    }

    private MatrixRows(ParentRows parent, Map<RowPlace, Changed> changed) {
        this.parent = parent;
        this.changed = changed;
    }

    ParentRows parent() {
        return parent;
    }

    /** One to try things on; this one stays as it is. */
    MatrixRows copy() {
        return new MatrixRows(parent, new HashMap<>(changed));
    }

    void put(RowPlace place, byte[] row) {
        Changed earlier = changed.get(place);
        changed.put(place, new Changed(earlier == null ? parent.row(place) : earlier.before, row));
    }

    /** Moves every row of the path one step on, into the empty one at its end, and puts this one at its start. */
    void shift(List<RowPlace> path, byte[] row) {
        for (int i = path.size() - 1; i > 0; i--) {
            put(path.get(i), row(path.get(i - 1)));
        }
        put(path.getFirst(), row);
    }

    /** The tags of these rows, in their order; rows not kept are fetched together. */
    long[] tags(List<RowPlace> places) {
        long[] tags = new long[places.size()];
        for (int from = 0; from < tags.length; from += parent.mostAtOnce()) {
            int to = Math.min(tags.length, from + parent.mostAtOnce());
            parent.fetch(unchanged(places.subList(from, to)));
            for (int i = from; i < to; i++) {
                tags[i] = RowTag.read(row(places.get(i)), 0);
            }
        }
        return tags;
    }

    /** The row's tag, if that is known without reading. */
    Optional<Long> knownTag(RowPlace place) {
        Changed change = changed.get(place);
        Optional<byte[]> row = change == null ? parent.kept(place) : Optional.of(change.now);
        return row.map(known -> RowTag.read(known, 0));
    }

    /** What differs from the parent, ordered by place. */
    List<RowChange> changes() {
        List<RowChange> changes = new ArrayList<>();
        changed.forEach((place, change) -> {
            byte[] diff = change.diff();
            if (!RowTag.isEmpty(diff, 0, diff.length)) {
                changes.add(new RowChange(place, diff));
            }
        });
        changes.sort((one, other) -> one.place().compareTo(other.place()));
        return changes;
    }

    private byte[] row(RowPlace place) {
        Changed change = changed.get(place);
        return change == null ? parent.row(place) : change.now;
    }

    private List<RowPlace> unchanged(List<RowPlace> places) {
        return places.stream().filter(place -> !changed.containsKey(place)).toList();
    }

    private static final class Changed {
        private final byte[] before;
        private final byte[] now;

        Changed(byte[] before, byte[] now) {
            this.before = before;
            this.now = now;
        }

        byte[] diff() {
            byte[] diff = before.clone();
            for (int i = 0; i < diff.length; i++) {
                diff[i] ^= now[i];
            }
            return diff;
        }
    }
}
