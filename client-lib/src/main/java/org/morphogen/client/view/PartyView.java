package org.morphogen.client.view;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;

/**
 * A party's view of itself, checked for everything that needs no other knowledge.
 *
 * @param party 0 or 1
 * @param version grows with every change of the view
 * @param serving empty while the party serves nothing yet
 * @param earlier generations that were served before and are still answered, newest first
 */
public record PartyView(int party, long version, Optional<Served> serving, List<Served> earlier) {
    /** Earlier generations that a party may list. */
    static final int MAX_EARLIER = 16;

    public PartyView {
        earlier = List.copyOf(earlier);
        if (earlier.size() > MAX_EARLIER) {
            throw new IllegalArgumentException("earlier: " + earlier.size() + " are more than " + MAX_EARLIER);
        }
        if (serving.isEmpty() && !earlier.isEmpty()) {
            throw new IllegalArgumentException("earlier: there are some, and none is served now");
        }
    }

    /** What the party serves; fails with NOT_SERVING. */
    public Served served() {
        return serving.orElseThrow(() -> new MorphogenException(
                FailureReason.NOT_SERVING,
                "Party " + party + " serves no generation yet.",
                Map.of("party", Integer.toString(party))));
    }

    /** What the party answers for, the newest generation first; fails with NOT_SERVING if that is nothing. */
    public List<Served> answered() {
        return Stream.concat(Stream.of(served()), earlier.stream()).toList();
    }
}
