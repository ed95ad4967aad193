package org.morphogen.coordinator.delta;

import java.util.List;

/** What an {@link EvictionSearch} comes to. */
sealed interface SearchOutcome {
    /**
     * A way to make room.
     *
     * @param places first one of the new key's candidates, last an empty row; the occupant of each of the others may
     *     move to the next. No place twice
     * @param examined rows whose tags were looked at
     */
    record Path(List<RowPlace> places, int examined) implements SearchOutcome {
        public Path {
            places = List.copyOf(places);
        }
    }

    /** There is no empty row within the bound. */
    record NoPlace() implements SearchOutcome {}

    /** The tags that the search needs next are not known. */
    record Unread() implements SearchOutcome {}
}
