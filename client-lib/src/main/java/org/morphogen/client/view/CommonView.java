package org.morphogen.client.view;

import java.util.List;

/**
 * What both parties serve and agree on, with the shards of each. Immutable: a lookup uses one from its beginning to
 * its end.
 *
 * @param parties the views of party 0 and party 1, both serving and equal but for their shards
 * @param snapshot the snapshot that both serve
 */
public record CommonView(List<PartyView> parties, PublishedSnapshot snapshot) {
    public CommonView {
        parties = List.copyOf(parties);
        Agreement.require(parties.get(0).served(), parties.get(1).served());
        for (PartyView view : parties) {
            Coverage.require(view.party(), view.served(), snapshot.manifest());
        }
    }

    /** The state that answers will be of: the head. */
    public AsOf asOf() {
        Served served = served(0);
        return new AsOf(served.digest(), served.head().number(), served.head().block());
    }

    /** What that party serves. */
    public Served served(int party) {
        return parties.get(party).served();
    }
}
