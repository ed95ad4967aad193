package org.morphogen.coordinator.delta;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.morphogen.coordinator.delta.DeltaPlan.Full;

/**
 * Finds room for new keys, one after the other. Before that it warms the parent's rows: all keys look for room on a copy
 * as far as rows are known, and what they lack is fetched for all together, again and again; so the calls are as many
 * as the longest search has steps, not as all have. What the copy comes to is thrown away: it decides nothing.
 */
final class Insertions {
    /** Rows that one round of warming fetches at most, so that a table too full takes neither memory nor time. */
    private static final int MOST_WARMED_AT_ONCE = 16 * RowReader.MOST_PLACES;

    private final EvictionSearch search;
    private final int warmingRounds;

    Insertions(EvictionSearch search, int warmingRounds) {
        this.search = search;
        this.warmingRounds = warmingRounds;
    }

    /** Inserts the keys in this order; tells how many found no place, and stops at {@link Full#MOST_HOMELESS}. */
    int insert(List<NewKey> keys, MatrixRows rows) {
        warm(keys, rows);
        return insert(keys, rows, places -> Optional.of(rows.tags(places)));
    }

    private int insert(List<NewKey> keys, MatrixRows rows, EvictionSearch.Tags tags) {
        int homeless = 0;
        for (NewKey key : keys) {
            switch (search.search(key.candidates(), tags)) {
                case SearchOutcome.Path path -> rows.shift(path.places(), key.row());
                case SearchOutcome.Unread _ -> {}
                case SearchOutcome.NoPlace _ -> homeless++;
            }
            if (homeless == Full.MOST_HOMELESS) {
                break;
            }
        }
        return homeless;
    }

    private void warm(List<NewKey> keys, MatrixRows rows) {
        for (int round = 0; round < warmingRounds; round++) {
            Lacking lacking =
                    new Lacking(Math.min(MOST_WARMED_AT_ONCE, rows.parent().room()));
            MatrixRows tried = rows.copy();
            insert(keys, tried, places -> knownTags(tried, places, lacking));
            if (lacking.places.isEmpty()) {
                return;
            }
            rows.parent().fetch(List.copyOf(lacking.places));
        }
    }

    private static Optional<long[]> knownTags(MatrixRows rows, List<RowPlace> places, Lacking lacking) {
        long[] tags = new long[places.size()];
        boolean allKnown = true;
        for (int i = 0; i < tags.length; i++) {
            Optional<Long> tag = rows.knownTag(places.get(i));
            if (tag.isPresent()) {
                tags[i] = tag.get();
            } else {
                allKnown = false;
                lacking.add(places.get(i));
            }
        }
        return allKnown ? Optional.of(tags) : Optional.empty();
    }

    /** The rows that a round of warming could have used, the first so many of them. */
    private static final class Lacking {
        private final Set<RowPlace> places = new LinkedHashSet<>();
        private final int most;

        Lacking(int most) {
            this.most = most;
        }

        void add(RowPlace place) {
            if (places.size() < most) {
                places.add(place);
            }
        }
    }
}
