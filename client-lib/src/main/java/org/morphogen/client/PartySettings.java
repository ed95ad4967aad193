package org.morphogen.client;

import java.util.List;
import org.morphogen.settings.Setting;
import org.morphogen.transport.Endpoint;
import org.morphogen.transport.TlsSettings;

/**
 * How to reach one party.
 *
 * @param coordinators any of the party's coordinators, at least one; they name its nodes
 * @param tls for coordinators and nodes; without it all of them must be on loopback
 */
public record PartySettings(
        @Setting("Coordinators of the party, any of which may be asked.")
        List<Endpoint> coordinators,

        TlsSettings tls) {
    public PartySettings {
        coordinators = List.copyOf(coordinators);
        if (coordinators.isEmpty()) {
            throw new IllegalArgumentException("coordinators: name at least one");
        }
    }

    /** A party whose processes all run on this machine. */
    public static PartySettings onLoopback(List<Endpoint> coordinators) {
        return new PartySettings(coordinators, TlsSettings.NONE);
    }
}
