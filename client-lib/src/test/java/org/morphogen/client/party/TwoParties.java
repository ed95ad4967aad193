package org.morphogen.client.party;

import java.time.Duration;
import java.util.List;
import org.morphogen.client.ClientSettings;
import org.morphogen.client.PartySettings;

/** Both parties of a cluster, and settings to reach them. */
public record TwoParties(FakeSnapshot snapshot, FakeParty party0, FakeParty party1) implements AutoCloseable {
    /** Starts both with the same snapshot and layout. */
    public static TwoParties start(FakeSnapshot snapshot, Layout layout) {
        return new TwoParties(snapshot, FakeParty.start(0, snapshot, layout), FakeParty.start(1, snapshot, layout));
    }

    /** Party 0 or 1. */
    public FakeParty party(int party) {
        return party == 0 ? party0 : party1;
    }

    /** Both, in order. */
    public List<FakeParty> both() {
        return List.of(party0, party1);
    }

    /** Settings with the defaults. */
    public ClientSettings settings() {
        return ClientSettings.of(
                PartySettings.onLoopback(party0.endpoints()), PartySettings.onLoopback(party1.endpoints()));
    }

    /** Settings with other times. */
    public ClientSettings settings(Duration connectTimeout, Duration lookupDeadline) {
        ClientSettings all = settings();
        return new ClientSettings(
                all.party0(), all.party1(), connectTimeout, lookupDeadline, all.maxAttempts(), all.maxKeysPerMessage());
    }

    /** Queries that both received. */
    public int queries() {
        return party0.queries() + party1.queries();
    }

    @Override
    public void close() {
        party0.close();
        party1.close();
    }
}
