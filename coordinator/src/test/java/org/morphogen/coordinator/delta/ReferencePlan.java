package org.morphogen.coordinator.delta;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.SortedMap;
import org.morphogen.row.RowTag;

/** The planner's rules done the plain way: the whole table at hand, each change made at once, paths kept whole. */
final class ReferencePlan {
    private final TestTable before;
    private final TestTable now;
    private final SortedMap<byte[], Optional<byte[]>> wanted;

    /** The table stays as it is. */
    ReferencePlan(TestTable table, SortedMap<byte[], Optional<byte[]>> wanted) {
        this.before = table;
        this.now = table.copy();
        this.wanted = wanted;
    }

    DeltaPlan plan() {
        wanted.forEach((key, row) -> {
            if (row.isEmpty()) {
                standing(key).ifPresent(place -> now.put(place, new byte[TestTable.ROW_BYTES]));
            }
        });
        wanted.forEach((key, row) -> row.ifPresent(bytes -> standing(key).ifPresent(place -> now.put(place, bytes))));
        int homeless = 0;
        for (byte[] key : wanted.keySet()) {
            if (standing(key).isEmpty() && wanted.get(key).isPresent()) {
                homeless += insert(key, wanted.get(key).get()) ? 0 : 1;
            }
        }
        return homeless == 0
                ? new DeltaPlan.Planned(differences())
                : new DeltaPlan.Full(Math.min(homeless, DeltaPlan.Full.MOST_HOMELESS));
    }

    private Optional<RowPlace> standing(byte[] key) {
        long tag = before.addressing().tag(key);
        return candidates(key).stream()
                .filter(place -> RowTag.read(before.row(place), 0) == tag)
                .findFirst();
    }

    private List<RowPlace> candidates(byte[] key) {
        List<RowPlace> candidates = new ArrayList<>();
        for (int way = 0; way < TestTable.WAYS; way++) {
            candidates.add(new RowPlace(way, before.addressing().row(way, key)));
        }
        return candidates;
    }

    private boolean insert(byte[] key, byte[] row) {
        Set<RowPlace> seen = new HashSet<>(candidates(key));
        Queue<List<RowPlace>> paths = new ArrayDeque<>();
        candidates(key).forEach(place -> paths.add(List.of(place)));
        while (!paths.isEmpty()) {
            List<RowPlace> path = paths.remove();
            long tag = RowTag.read(now.row(path.getLast()), 0);
            if (tag == 0) {
                move(path, row);
                return true;
            }
            for (RowPlace next : others(path.getLast(), tag)) {
                if (seen.add(next)) {
                    List<RowPlace> longer = new ArrayList<>(path);
                    longer.add(next);
                    paths.add(longer);
                }
            }
        }
        return false;
    }

    private List<RowPlace> others(RowPlace place, long tag) {
        List<RowPlace> others = new ArrayList<>();
        for (int way = 0; way < TestTable.WAYS; way++) {
            if (way != place.way()) {
                others.add(new RowPlace(way, before.addressing().otherRow(place.way(), place.row(), tag, way)));
            }
        }
        return others;
    }

    private void move(List<RowPlace> path, byte[] row) {
        byte[] carried = row;
        for (RowPlace place : path) {
            byte[] evicted = now.row(place);
            now.put(place, carried);
            carried = evicted;
        }
    }

    private List<RowChange> differences() {
        List<RowChange> changes = new ArrayList<>();
        for (int way = 0; way < TestTable.WAYS; way++) {
            for (long row = 0; row < before.addressing().rowsPerWay(); row++) {
                RowPlace place = new RowPlace(way, row);
                byte[] diff = before.row(place);
                byte[] after = now.row(place);
                if (!Arrays.equals(diff, after)) {
                    for (int i = 0; i < diff.length; i++) {
                        diff[i] ^= after[i];
                    }
                    changes.add(new RowChange(place, diff));
                }
            }
        }
        return changes;
    }
}
