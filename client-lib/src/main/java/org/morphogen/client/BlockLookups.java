package org.morphogen.client;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.morphogen.client.lookup.Lookup;
import org.morphogen.client.lookup.LookupKey;
import org.morphogen.client.lookup.Lookups;
import org.morphogen.client.view.BlockChoice;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;

/**
 * Lookups of one block's state, from {@link MorphogenClient#atBlock}. Which block is chosen is no secret: both parties
 * see it. Every lookup finds the block anew among those that the parties can answer for when it begins, so one that
 * worked fails with EPOCH_OUTSIDE_WINDOW once the parties have moved on. Thread-safe.
 */
public final class BlockLookups {
    private final Lookups lookups;
    private final BlockChoice block;

    BlockLookups(Lookups lookups, BlockChoice block) {
        this.lookups = lookups;
        this.block = block;
    }

    /**
     * Looks one key up and waits for the outcome.
     *
     * @throws MorphogenException the reason why there is no answer, never because the key is absent;
     *     EPOCH_OUTSIDE_WINDOW when not both parties can answer for the block, with the first and the last that they
     *     can as facts; PARTIES_DISAGREE when they have different states of it
     */
    public Lookup lookup(String table, LookupKey key) {
        return lookupAll(table, List.of(key)).getFirst();
    }

    /**
     * Looks many keys up and waits for the outcomes, in the order of the keys. The keys share messages, so this costs
     * the parties much less than as many single lookups. A key may stand more than once. All outcomes are of one state.
     *
     * @throws MorphogenException the reason why there are no answers; see {@link #lookup}
     */
    public List<Lookup> lookupAll(String table, List<? extends LookupKey> keys) {
        try {
            return lookups.lookUp(table, List.copyOf(keys), block);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new MorphogenException(
                    FailureReason.UNAVAILABLE, "The lookup was interrupted.", Map.of(), interrupted);
        }
    }

    /** As {@link #lookup}, without waiting; see {@link #lookupAllAsync}. */
    public CompletableFuture<Lookup> lookupAsync(String table, LookupKey key) {
        CompletableFuture<List<Lookup>> all = lookupAllAsync(table, List.of(key));
        CompletableFuture<Lookup> one = all.thenApply(List::getFirst);
        var _ = one.whenComplete((lookup, failure) -> all.cancel(false));
        return one;
    }

    /**
     * As {@link #lookupAll}, without waiting. The future fails with the {@link MorphogenException}; cancelling it
     * gives the lookup up. What was sent by then stays sent.
     */
    public CompletableFuture<List<Lookup>> lookupAllAsync(String table, List<? extends LookupKey> keys) {
        List<LookupKey> copy = List.copyOf(keys);
        CompletableFuture<List<Lookup>> outcome = new CompletableFuture<>();
        Thread lookup = Thread.ofVirtual().name("morphogen-lookup").unstarted(() -> {
            try {
                outcome.complete(lookupAll(table, copy));
            } catch (RuntimeException | Error failure) {
                outcome.completeExceptionally(failure);
            }
        });
        var _ = outcome.whenComplete((lookups, failure) -> giveUp(lookup));
        lookup.start();
        return outcome;
    }

    /** Interrupts a lookup whose future was completed by somebody else. */
    private static void giveUp(Thread lookup) {
        if (!Thread.currentThread().equals(lookup)) {
            lookup.interrupt();
        }
    }
}
