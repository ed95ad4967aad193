package org.morphogen.coordinator.delta;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.morphogen.addressing.TableAddressing;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.morphogen.row.RowTag;

/**
 * Deletes and updates the keys that are present, and tells which are new. Each key is looked for in the parent's rows,
 * and no two keys share one: so the order in which they are done does not show.
 */
final class KeyEdits {
    private final TableAddressing addressing;
    private final int rowBytes;

    KeyEdits(TableAddressing addressing, int rowBytes) {
        this.addressing = addressing;
        this.rowBytes = rowBytes;
    }

    /** Does the edits; gives the keys that need a row, in the order of their edits. */
    List<NewKey> apply(List<RowEdit> edits, MatrixRows rows) {
        List<NewKey> newKeys = new ArrayList<>();
        int atOnce = Math.max(1, rows.parent().mostAtOnce() / addressing.ways());
        for (int from = 0; from < edits.size(); from += atOnce) {
            List<RowEdit> some = edits.subList(from, Math.min(edits.size(), from + atOnce));
            rows.parent().fetch(candidatesOf(some));
            some.forEach(edit -> apply(edit, rows).ifPresent(newKeys::add));
        }
        return newKeys;
    }

    private Optional<NewKey> apply(RowEdit edit, MatrixRows rows) {
        byte[] key = edit.key();
        long tag = addressing.tag(key);
        List<RowPlace> candidates = candidates(key);
        Optional<RowPlace> place = standing(candidates, tag, rows.parent());
        Optional<byte[]> wanted =
                edit.wanted(place.map(at -> rows.parent().row(at).clone())).map(row -> checked(row, tag));
        place.ifPresent(at -> rows.put(at, wanted.orElseGet(() -> new byte[rowBytes])));
        return place.isPresent() ? Optional.empty() : wanted.map(row -> new NewKey(candidates, row));
    }

    private Optional<RowPlace> standing(List<RowPlace> candidates, long tag, ParentRows parent) {
        List<RowPlace> standing = candidates.stream()
                .filter(place -> RowTag.matches(parent.row(place), 0, tag))
                .toList();
        if (standing.size() > 1) {
            throw new MorphogenException(
                    FailureReason.SNAPSHOT_INVALID, "A key stands in " + standing.size() + " rows at once.");
        }
        return standing.stream().findFirst();
    }

    private byte[] checked(byte[] wanted, long tag) {
        if (wanted.length != rowBytes || !RowTag.matches(wanted, 0, tag)) {
            throw new MorphogenException(
                    FailureReason.INTERNAL, "A wanted row has not the width of the table, or not the tag of its key.");
        }
        return wanted.clone();
    }

    private List<RowPlace> candidatesOf(List<RowEdit> edits) {
        return edits.stream()
                .flatMap(edit -> candidates(edit.key()).stream())
                .distinct()
                .toList();
    }

    private List<RowPlace> candidates(byte[] key) {
        long[] rows = addressing.rows(key);
        List<RowPlace> candidates = new ArrayList<>();
        for (int way = 0; way < rows.length; way++) {
            candidates.add(new RowPlace(way, rows[way]));
        }
        return List.copyOf(candidates);
    }
}
