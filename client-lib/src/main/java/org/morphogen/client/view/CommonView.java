package org.morphogen.client.view;

import java.util.List;
import java.util.stream.IntStream;
import org.morphogen.epoch.Epoch;

/**
 * What both parties serve and agree on, with the shards of each. Immutable: a lookup uses one from its beginning to
 * its end.
 *
 * @param parties the views of party 0 and party 1
 * @param agreement what they agree on: the generation of each that is asked
 * @param snapshot the snapshot that both generations began with
 */
public record CommonView(List<PartyView> parties, Agreement agreement, PublishedSnapshot snapshot) {
    public CommonView {
        parties = List.copyOf(parties);
        for (int party = 0; party < parties.size(); party++) {
            Coverage.require(party, agreement.served(party), snapshot.manifest());
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

    /** The head of what party 0 and party 1 are asked for, which may be ahead of {@link #asOf()}. */
    public List<PartyHead> heads() {
        return IntStream.range(0, parties.size())
                .mapToObj(party ->
                        new PartyHead(party, served(party).head(), served(party).stalled()))
                .toList();
    }

    /** What that party is asked for: the generation that it serves, or an earlier one while the other has no newer. */
    public Served served(int party) {
        return agreement.served(party);
    }
}
