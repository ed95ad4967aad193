package org.morphogen.coordinator.delta;

import java.util.List;
import java.util.Optional;
import org.morphogen.addressing.TableAddressing;

/**
 * Finds the shortest way to make room for a new key: breadth-first from its candidates, ways ascending; each occupied
 * row leads to the other rows of its occupant, ways ascending; a row that was reached before is not reached again; the
 * first empty row ends the search. So of several shortest paths the same one is found everywhere.
 *
 * <p>At most {@link #MOST_EXAMINED} rows are examined. Measured: a key deleted at random and a new one inserted, 3
 * million times in a table of 3 million rows; at load 0.915 one million times in one of 330,000:
 *
 * <pre>
 * load    rows examined: mean   99%   99.999%   most     path: mean   99%   longest
 * 0.85                     14    87       247     322          1.3     4         6
 * 0.90                     67   440      1252    2163          2.6     7         9
 * 0.91                    185  1202      3334    5185          3.6     8        10
 * 0.915                   596  3964     11853   18133          4.8    10        12
 * </pre>
 *
 * <p>The share of keys that need more falls to a tenth every 720 rows at load 0.91 and every 2,700 at 0.915. If it goes
 * on so, a key finds no room within the bound once in 10^40 and once in 10^12. Immutable and thread-safe.
 */
final class EvictionSearch {
    /** Most rows examined for one key. */
    static final int MOST_EXAMINED = 1 << 15;

    private final TableAddressing addressing;

    EvictionSearch(TableAddressing addressing) {
        this.addressing = addressing;
    }

    /** Searches from these rows, the new key's only one in each way, ways ascending. */
    SearchOutcome search(List<RowPlace> candidates, Tags tags) {
        ReachedRows reached = new ReachedRows();
        candidates.forEach(reached::start);
        int from = 0;
        while (from < Math.min(reached.size(), MOST_EXAMINED)) {
            int to = Math.min(reached.size(), MOST_EXAMINED);
            Optional<long[]> known = tags.of(reached.places(from, to));
            if (known.isEmpty()) {
                return new SearchOutcome.Unread();
            }
            Optional<SearchOutcome> path = step(reached, from, known.get());
            if (path.isPresent()) {
                return path.get();
            }
            from = to;
        }
        return new SearchOutcome.NoPlace();
    }

    /** Goes through the rows that as many steps lead to. */
    private Optional<SearchOutcome> step(ReachedRows reached, int from, long[] tags) {
        for (int i = 0; i < tags.length; i++) {
            if (tags[i] == 0) {
                return Optional.of(new SearchOutcome.Path(reached.pathTo(from + i), from + i + 1));
            }
            reachFrom(reached, from + i, tags[i]);
        }
        return Optional.empty();
    }

    private void reachFrom(ReachedRows reached, int at, long tag) {
        RowPlace place = reached.place(at);
        for (int way = 0; way < addressing.ways(); way++) {
            if (way != place.way()) {
                reached.reach(new RowPlace(way, addressing.otherRow(place.way(), place.row(), tag, way)), at);
            }
        }
    }

    /** Tells rows' tags. */
    @FunctionalInterface
    interface Tags {
        /** The tags at these places, in their order; empty if one of them is not known. */
        Optional<long[]> of(List<RowPlace> places);
    }
}
