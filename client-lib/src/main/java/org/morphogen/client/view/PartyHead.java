package org.morphogen.client.view;

import java.util.Optional;
import org.morphogen.epoch.Epoch;

/**
 * The newest state that a party says it can answer for. Lookups use what both parties have, so a party that is stuck or
 * lies can hold them at an older block; how far is seen here.
 *
 * @param party 0 or 1
 * @param epoch the party's head, with its block
 * @param stalled why the party's epochs do not follow the chain, in its own words; empty while they do
 */
public record PartyHead(int party, Epoch epoch, Optional<String> stalled) {
    /** By how many blocks this party is ahead of the state that an answer is of. */
    public long blocksAheadOf(AsOf state) {
        return epoch.block().number() - state.block().number();
    }
}
