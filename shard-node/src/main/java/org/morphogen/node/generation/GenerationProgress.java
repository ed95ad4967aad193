package org.morphogen.node.generation;

import java.util.Optional;
import org.morphogen.node.epoch.EpochSpan;

/**
 * How far a generation is held.
 *
 * @param manifestKnown whether the snapshot's manifest is here
 * @param bytesWanted 0 while the manifest is not known
 * @param window the epochs that can be asked for; empty until the delta log has been read
 * @param problem why loading does not go on, with what to do; empty while all is well
 * @param wantsReplica whether another replica must give what this node lacks
 */
public record GenerationProgress(
        HoldWish wish,
        boolean manifestKnown,
        int chunksReady,
        long bytesWanted,
        long bytesReady,
        String problem,
        Optional<EpochSpan> window,
        boolean wantsReplica) {
    /** Whether everything wanted is here and can be queried. */
    public boolean complete() {
        return manifestKnown && chunksReady == wish.chunks().size();
    }
}
