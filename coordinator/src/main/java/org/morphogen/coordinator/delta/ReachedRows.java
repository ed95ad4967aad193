package org.morphogen.coordinator.delta;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The rows that a search has reached, in that order, and from where; none twice. Not thread-safe. */
final class ReachedRows {
    private static final int NOWHERE = -1;

    private final List<RowPlace> places = new ArrayList<>();
    private final List<Integer> origins = new ArrayList<>();
    private final Set<RowPlace> seen = new HashSet<>();

    int size() {
        return places.size();
    }

    RowPlace place(int at) {
        return places.get(at);
    }

    List<RowPlace> places(int from, int to) {
        return List.copyOf(places.subList(from, to));
    }

    /** Adds a row where paths begin. */
    void start(RowPlace place) {
        reach(place, NOWHERE);
    }

    /** Adds a row that the occupant of an earlier one may move to, unless it is there already. */
    void reach(RowPlace place, int origin) {
        if (seen.add(place)) {
            places.add(place);
            origins.add(origin);
        }
    }

    /** The rows from a start to this one. */
    List<RowPlace> pathTo(int end) {
        List<RowPlace> path = new ArrayList<>();
        for (int at = end; at != NOWHERE; at = origins.get(at)) {
            path.add(places.get(at));
        }
        return path.reversed();
    }
}
