package org.morphogen.client.view;

import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.morphogen.transport.Endpoint;

/**
 * Keeps the parties' processes apart. A process that stood for both would get both keys of a pair, which together tell
 * what is looked up; nothing in its answers would show it. Only what is written alike is told: two names of one machine
 * are not.
 */
public final class Separation {
    private Separation() {}

    /** An endpoint that stands in both, if there is one; {@code localhost} is 127.0.0.1, and case is no difference. */
    public static Optional<Endpoint> shared(Collection<Endpoint> party0, Collection<Endpoint> party1) {
        Set<Endpoint> known = new HashSet<>();
        party0.forEach(endpoint -> known.add(normal(endpoint)));
        return party1.stream()
                .filter(endpoint -> known.contains(normal(endpoint)))
                .findFirst();
    }

    /** Throws PARTY_MISBEHAVES if a coordinator or node of one party is one of the other's too. */
    static void require(List<Coordinators> coordinators, List<PartyView> views) {
        Set<Endpoint> party0 = endpoints(coordinators.get(0), views.get(0));
        Set<Endpoint> party1 = endpoints(coordinators.get(1), views.get(1));
        shared(party0, party1).ifPresent(both -> {
            throw new MorphogenException(
                    FailureReason.PARTY_MISBEHAVES,
                    "Both parties name " + both + " as theirs; it would learn what is looked up, so nothing is asked.");
        });
    }

    private static Set<Endpoint> endpoints(Coordinators coordinators, PartyView view) {
        Set<Endpoint> endpoints = new HashSet<>(coordinators.endpoints());
        view.answered().stream()
                .flatMap(served -> served.shards().stream())
                .forEach(shard -> shard.replicas().forEach(replica -> endpoints.add(replica.endpoint())));
        return endpoints;
    }

    private static Endpoint normal(Endpoint endpoint) {
        String host = endpoint.host().toLowerCase(Locale.ROOT);
        String absolute = host.endsWith(".") && host.length() > 1 ? host.substring(0, host.length() - 1) : host;
        return new Endpoint(absolute.equals("localhost") ? "127.0.0.1" : absolute, endpoint.port());
    }
}
