package org.morphogen.client.view;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.morphogen.epoch.Epoch;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;

/**
 * The generation of each party that is asked: the newest two that began with the same snapshot and have an epoch in
 * common. As a rule those that both serve; while only one party has moved on to a newer snapshot, its earlier one, which
 * it still answers. Answers of generations that are not the same may never be combined: the result would be noise, and
 * asking on would tell each party a share of something that the other does not hold.
 *
 * <p>Two generations are equal when their digests are: these cover seeds and matrix. Their numbers are each party's own
 * count, which a publication that failed at one party moves on, and are not compared.
 *
 * @param party0 the generation of party 0
 * @param party1 the generation of party 1
 */
public record Agreement(Served party0, Served party1) {
    private static final Map<String, Function<Served, Object>> COMPARED = new LinkedHashMap<>();

    static {
        COMPARED.put("snapshot digest", Served::digest);
        compareEpoch("base", Served::base);
    }

    /**
     * What the parties agree on. Fails with PARTIES_DISAGREE, naming all that differs between what they serve and both
     * values of it, if nothing began with the same snapshot; and as {@link CommonEpochs#newest} does if none of what did
     * has an epoch in common.
     */
    static Agreement of(PartyView party0, PartyView party1) {
        List<Agreement> sameSnapshot = pairs(party0.answered(), party1.answered()).stream()
                .filter(Agreement::isOfOneSnapshot)
                .toList();
        if (sameSnapshot.isEmpty()) {
            throw new Agreement(party0.served(), party1.served()).disagreement();
        }
        return sameSnapshot.stream()
                .filter(pair -> pair.epochs().anyInCommon())
                .findFirst()
                .orElseThrow(() -> sameSnapshot.getFirst().epochs().none());
    }

    /** The generation of a party. */
    Served served(int party) {
        return party == 0 ? party0 : party1;
    }

    /** The epochs of both. */
    CommonEpochs epochs() {
        return CommonEpochs.of(party0, party1);
    }

    /** All pairs, those of the newest generations first. */
    private static List<Agreement> pairs(List<Served> zero, List<Served> one) {
        List<Agreement> pairs = new ArrayList<>();
        for (int older = 0; older < zero.size() + one.size() - 1; older++) {
            for (int i = Math.max(0, older - one.size() + 1); i <= Math.min(older, zero.size() - 1); i++) {
                pairs.add(new Agreement(zero.get(i), one.get(older - i)));
            }
        }
        return pairs;
    }

    private boolean isOfOneSnapshot() {
        return COMPARED.values().stream().allMatch(of -> of.apply(party0).equals(of.apply(party1)));
    }

    private MorphogenException disagreement() {
        List<String> differing = new ArrayList<>();
        Map<String, String> facts = new LinkedHashMap<>();
        COMPARED.forEach((what, of) -> {
            Object zero = of.apply(party0);
            Object one = of.apply(party1);
            if (!zero.equals(one)) {
                differing.add(what + " (party 0: " + zero + ", party 1: " + one + ")");
                facts.put("party 0 " + what, zero.toString());
                facts.put("party 1 " + what, one.toString());
            }
        });
        return new MorphogenException(
                FailureReason.PARTIES_DISAGREE,
                "The two parties do not serve the same; they differ in " + String.join(", ", differing) + ".",
                facts);
    }

    private static void compareEpoch(String name, Function<Served, Epoch> of) {
        COMPARED.put(name + " epoch", served -> of.apply(served).number());
        COMPARED.put(name + " block number", served -> of.apply(served).block().number());
        COMPARED.put(name + " block hash", served -> of.apply(served).block().hash());
        COMPARED.put(name + " digest", served -> of.apply(served).digest());
        COMPARED.put(name + " state root", served -> of.apply(served).block().stateRoot());
    }
}
