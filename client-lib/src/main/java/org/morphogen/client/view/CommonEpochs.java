package org.morphogen.client.view;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.LongUnaryOperator;
import org.morphogen.epoch.Epoch;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;

/**
 * The epochs that two parties, who began with the same snapshot, can both answer: those that are equal in both windows,
 * digest and block and all. Only such epochs may be asked for, since answers from two matrices add up to noise.
 */
record CommonEpochs(Window party0, Window party1) {
    static CommonEpochs of(Served party0, Served party1) {
        return new CommonEpochs(party0.window(), party1.window());
    }

    /** Whether there is any. */
    boolean anyInCommon() {
        return first(lastListed(), number -> number - 1).isPresent();
    }

    /** The newest; fails with PARTY_LAGS or PARTIES_DISAGREE if there is none. */
    Epoch newest() {
        return first(lastListed(), number -> number - 1).orElseThrow(this::none);
    }

    /**
     * The epoch that was chosen; fails with EPOCH_OUTSIDE_WINDOW if not both parties list it, PARTIES_DISAGREE if they
     * have different states of that block, and as {@link #newest} does if they have no epoch in common.
     */
    Epoch chosen(BlockChoice choice) {
        Epoch newest = newest();
        return switch (choice) {
            case BlockChoice.Latest _ -> newest;
            case BlockChoice.OfNumber of -> chosen(choice, window -> window.ofBlock(of.number()));
            case BlockChoice.OfHash of ->
                chosen(choice, window -> window.ofBlock(of.hash().toString()));
        };
    }

    private Epoch chosen(BlockChoice choice, Function<Window, Optional<Epoch>> find) {
        Optional<Epoch> listed = find.apply(party0).or(() -> find.apply(party1));
        Epoch epoch = listed.orElseThrow(() -> outside(choice, "neither party lists it"));
        if (party0.numbered(epoch.number()).isEmpty()) {
            throw outside(choice, "party 0 does not list it");
        }
        if (party1.numbered(epoch.number()).isEmpty()) {
            throw outside(choice, "party 1 does not list it");
        }
        if (!isCommon(epoch.number())) {
            throw disagreement(epoch.number());
        }
        return epoch;
    }

    private boolean isCommon(long number) {
        Optional<Epoch> zero = party0.numbered(number);
        return zero.isPresent() && zero.equals(party1.numbered(number));
    }

    private long firstListed() {
        return Math.max(party0.oldest().number(), party1.oldest().number());
    }

    private long lastListed() {
        return Math.min(party0.head().number(), party1.head().number());
    }

    /** The first common epoch on the way from there, among those that both list. */
    private Optional<Epoch> first(long from, LongUnaryOperator next) {
        for (long number = from; number >= firstListed() && number <= lastListed(); number = next.applyAsLong(number)) {
            if (isCommon(number)) {
                return party0.numbered(number);
            }
        }
        return Optional.empty();
    }

    /** Why there is none. */
    MorphogenException none() {
        if (party0.head().number() < party1.oldest().number()) {
            return lagging(0, party0, party1);
        }
        if (party1.head().number() < party0.oldest().number()) {
            return lagging(1, party1, party0);
        }
        return disagreement(lastListed());
    }

    private MorphogenException lagging(int party, Window behind, Window ahead) {
        Map<String, String> facts = bounds();
        facts.put("party", Integer.toString(party));
        return new MorphogenException(
                FailureReason.PARTY_LAGS,
                "Party " + party + " lags: its newest block is "
                        + behind.head().block().number() + ", and the oldest that the other party still answers for is "
                        + ahead.oldest().block().number() + ".",
                facts);
    }

    /** About an epoch that both list. */
    private MorphogenException disagreement(long number) {
        Map<String, String> facts = bounds();
        Epoch zero = party0.numbered(number).orElseThrow();
        Epoch one = party1.numbered(number).orElseThrow();
        facts.put("epoch", Long.toString(number));
        facts.put("block number", Long.toString(zero.block().number()));
        describe(facts, "party 0 ", zero);
        describe(facts, "party 1 ", one);
        return new MorphogenException(
                FailureReason.PARTIES_DISAGREE,
                "The two parties do not have the same state of block "
                        + zero.block().number() + ", epoch " + number + " (party 0: hash "
                        + zero.block().hash() + ", digest " + zero.digest() + "; party 1: hash "
                        + one.block().hash() + ", digest " + one.digest()
                        + "); after a reorganisation that only one has followed this passes.",
                facts);
    }

    private MorphogenException outside(BlockChoice choice, String why) {
        Map<String, String> facts = new HashMap<>();
        long first = first(firstListed(), number -> number + 1)
                .orElseThrow(this::none)
                .block()
                .number();
        long last = newest().block().number();
        facts.put("first block", Long.toString(first));
        facts.put("last block", Long.toString(last));
        return new MorphogenException(
                FailureReason.EPOCH_OUTSIDE_WINDOW,
                "No lookup can be of " + choice + " now, since " + why + "; blocks " + first + " to " + last
                        + " can be asked for.",
                facts);
    }

    private Map<String, String> bounds() {
        Map<String, String> facts = new LinkedHashMap<>();
        bounds(facts, "party 0 ", party0);
        bounds(facts, "party 1 ", party1);
        return facts;
    }

    private static void bounds(Map<String, String> facts, String of, Window window) {
        facts.put(of + "first epoch", Long.toString(window.oldest().number()));
        facts.put(of + "first block", Long.toString(window.oldest().block().number()));
        facts.put(of + "last epoch", Long.toString(window.head().number()));
        facts.put(of + "last block", Long.toString(window.head().block().number()));
    }

    private static void describe(Map<String, String> facts, String of, Epoch epoch) {
        facts.put(of + "block hash", epoch.block().hash());
        facts.put(of + "epoch digest", epoch.digest().toString());
    }
}
