package org.morphogen.client.view;

import java.util.Map;
import java.util.Optional;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;

/**
 * A party's view of itself, checked for everything that needs no other knowledge.
 *
 * @param party 0 or 1
 * @param version grows with every change of the view
 * @param serving empty while the party serves nothing yet
 */
public record PartyView(int party, long version, Optional<Served> serving) {
    /** What the party serves; fails with NOT_SERVING. */
    public Served served() {
        return serving.orElseThrow(() -> new MorphogenException(
                FailureReason.NOT_SERVING,
                "Party " + party + " serves no generation yet.",
                Map.of("party", Integer.toString(party))));
    }
}
