package org.morphogen.client;

import java.time.Duration;
import org.morphogen.client.lookup.LookupLimits;
import org.morphogen.client.view.Separation;
import org.morphogen.settings.Setting;

/**
 * Settings of a light client.
 *
 * @param party0 party 0, run by one operator
 * @param party1 party 1, run by another operator, who does not collude with the first
 * @param connectTimeout for reading both views and the snapshot's public files
 * @param lookupDeadline for a lookup, and for each message's worth of keys of a batch
 * @param maxAttempts replicas of a shard that are asked, one after another, before a lookup fails
 * @param maxKeysPerMessage keys a way in one message, 1 to 256; fewer where a message would grow too long
 */
public record ClientSettings(
        PartySettings party0,
        PartySettings party1,

        @Setting(value = "Time for reading both parties' views and public files.", byDefault = "10s")
        Duration connectTimeout,

        @Setting(value = "Time for a lookup, or for each message of a batch.", byDefault = "30s")
        Duration lookupDeadline,

        @Setting(value = "Replicas of a shard that are asked before a lookup fails.", byDefault = "3")
        int maxAttempts,

        @Setting(value = "Lookups that share one message, 1 to 256.", byDefault = "256")
        int maxKeysPerMessage) {
    public ClientSettings {
        if (connectTimeout.isNegative()
                || connectTimeout.isZero()
                || connectTimeout.compareTo(LookupLimits.LONGEST) > 0) {
            throw new IllegalArgumentException("connectTimeout: must be longer than nothing and at most a day");
        }
        new LookupLimits(lookupDeadline, maxAttempts, maxKeysPerMessage);
        Separation.shared(party0.coordinators(), party1.coordinators()).ifPresent(both -> {
            throw new IllegalArgumentException("party1.coordinators: " + both
                    + " stands under party0 too; whoever serves both parties learns what is looked up");
        });
    }

    /** Everything but the parties as it is by default. */
    public static ClientSettings of(PartySettings party0, PartySettings party1) {
        return new ClientSettings(party0, party1, Duration.ofSeconds(10), Duration.ofSeconds(30), 3, 256);
    }

    /** The bounds of lookups. */
    LookupLimits lookupLimits() {
        return new LookupLimits(lookupDeadline, maxAttempts, maxKeysPerMessage);
    }
}
