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
 * Whether two parties serve the same snapshot and have an epoch of it in common. Answers of parties that do not may never be combined: the result would be noise,
 * and asking on would tell each party a share of something that the other does not hold.
 *
 * <p>Two generations are equal when their digests are: these cover seeds and matrix. Their numbers are each party's own
 * count, which a publication that failed at one party moves on, and are not compared.
 */
final class Agreement {
    private static final Map<String, Function<Served, Object>> COMPARED = new LinkedHashMap<>();

    static {
        COMPARED.put("snapshot digest", Served::digest);
        compareEpoch("base", Served::base);
    }

    private Agreement() {}

    /**
     * Throws PARTIES_DISAGREE, naming all that differs and both values of it, unless the parties serve the same snapshot;
     * and fails as {@link CommonEpochs#newest} does.
     */
    static void require(Served party0, Served party1) {
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
        if (!differing.isEmpty()) {
            throw new MorphogenException(
                    FailureReason.PARTIES_DISAGREE,
                    "The two parties do not serve the same; they differ in " + String.join(", ", differing) + ".",
                    facts);
        }
        CommonEpochs.of(party0, party1).newest();
    }

    private static void compareEpoch(String name, Function<Served, Epoch> of) {
        COMPARED.put(name + " epoch", served -> of.apply(served).number());
        COMPARED.put(name + " block number", served -> of.apply(served).block().number());
        COMPARED.put(name + " block hash", served -> of.apply(served).block().hash());
        COMPARED.put(name + " digest", served -> of.apply(served).digest());
        COMPARED.put(name + " state root", served -> of.apply(served).block().stateRoot());
    }
}
