package org.morphogen.client.view;

import java.util.List;
import java.util.stream.IntStream;
import org.morphogen.epoch.Epoch;

/**
 * What both parties serve and agree on, with the shards of each. Immutable: a lookup uses one from its beginning to
 * its end.
 *
 * @param parties the views of party 0 and party 1, both serving the same snapshot, with an epoch in common
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

    /** The state that answers are of unless a block is chosen: the newest that both parties can answer. */
    public AsOf asOf() {
        return asOf(BlockChoice.LATEST);
    }

    /** The state that answers are of when this block is chosen; fails as {@link #epoch} does. */
    public AsOf asOf(BlockChoice choice) {
        Epoch epoch = epoch(choice);
        return new AsOf(snapshot.digest(), epoch.number(), epoch.block());
    }

    /**
     * The epoch to ask for.
     *
     * @throws org.morphogen.failure.MorphogenException EPOCH_OUTSIDE_WINDOW, whose facts tell the first and the last
     *     block that can be asked for; PARTIES_DISAGREE if the parties have different states of that block
     */
    public Epoch epoch(BlockChoice choice) {
        return CommonEpochs.of(served(0), served(1)).chosen(choice);
    }

    /** The head of party 0 and that of party 1, which may be ahead of {@link #asOf()}. */
    public List<PartyHead> heads() {
        return IntStream.range(0, parties.size())
                .mapToObj(party ->
                        new PartyHead(party, served(party).head(), served(party).stalled()))
                .toList();
    }

    /** What that party serves. */
    public Served served(int party) {
        return parties.get(party).served();
    }
}
