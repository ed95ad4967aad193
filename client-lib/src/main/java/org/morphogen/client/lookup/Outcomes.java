package org.morphogen.client.lookup;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The outcomes of one call's lookups. A row that cannot be read fails the call only when all is sent and answered: a
 * party that spoils one key's row would else learn, from the messages that do not come, who looked that key up. Not
 * thread-safe.
 */
final class Outcomes {
    private final List<Lookup> outcomes;
    private Optional<RuntimeException> unreadable = Optional.empty();

    /** None yet, of so many. */
    Outcomes(int lookups) {
        outcomes = new ArrayList<>(lookups);
    }

    /** Adds those of the next batch, all of whose answers are in the sum. */
    void add(RowSum sum) {
        try {
            outcomes.addAll(sum.outcomes());
        } catch (RuntimeException spoilt) {
            unreadable = unreadable.or(() -> Optional.of(spoilt));
        }
    }

    /** All, in the order of the keys; fails with PARTY_MISBEHAVES if some row could not be read. */
    List<Lookup> all() {
        if (unreadable.isPresent()) {
            throw unreadable.get();
        }
        return List.copyOf(outcomes);
    }
}
