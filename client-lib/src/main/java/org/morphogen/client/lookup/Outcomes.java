package org.morphogen.client.lookup;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.morphogen.row.CodeDictionary;

/**
 * The outcomes of one call's lookups. A row that cannot be read fails the call only when all is sent and answered: a
 * party that spoils one key's row would else learn, from the messages that do not come, who looked that key up. Not
 * thread-safe.
 */
final class Outcomes {
    private final List<Lookup> outcomes;
    private final CompletableFuture<CodeDictionary> dictionary;
    private final Duration patience;
    private Optional<RuntimeException> unreadable = Optional.empty();

    /**
     * None yet, of so many.
     *
     * @param dictionary to read rows with; it is waited for whatever the rows are
     * @param patience longest time to wait for it; reading it goes on then, for later lookups
     */
    Outcomes(int lookups, CompletableFuture<CodeDictionary> dictionary, Duration patience) {
        this.outcomes = new ArrayList<>(lookups);
        this.dictionary = dictionary;
        this.patience = patience;
    }

    /** Adds those of the next batch, all of whose answers are in the sum; fails if there is no dictionary. */
    void add(RowSum sum) throws InterruptedException {
        CodeDictionary codes = codes();
        try {
            outcomes.addAll(sum.outcomes(codes));
        } catch (RuntimeException spoilt) {
            unreadable = unreadable.or(() -> Optional.of(spoilt));
        }
    }

    private CodeDictionary codes() throws InterruptedException {
        try {
            return dictionary.get(patience.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException slow) {
            throw new MorphogenException(
                    FailureReason.DEADLINE_PASSED,
                    "The code hashes that blocks have added did not come in time. They are still being read: ask again.");
        } catch (ExecutionException failed) {
            throw failed.getCause() instanceof MorphogenException known
                    ? known
                    : new MorphogenException(
                            FailureReason.INTERNAL, "Reading a dictionary broke off.", Map.of(), failed.getCause());
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
