package org.morphogen.coordinator.feed;

import java.util.Comparator;
import org.morphogen.row.Bytes32;

/** Where a storage slot is; ordered by address, then slot, both as unsigned bytes. */
record SlotKey(Address address, Bytes32 slot) implements Comparable<SlotKey> {
    private static final Comparator<SlotKey> ORDER =
            Comparator.comparing(SlotKey::address).thenComparing(SlotKey::slot, Words.ORDER);

    @Override
    public int compareTo(SlotKey other) {
        return ORDER.compare(this, other);
    }
}
