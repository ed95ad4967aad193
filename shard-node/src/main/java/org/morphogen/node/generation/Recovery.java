package org.morphogen.node.generation;

import java.util.Map;
import java.util.Optional;
import org.morphogen.epoch.Epoch;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.morphogen.node.epoch.EpochKeeper;
import org.morphogen.node.handover.Donors;
import org.morphogen.row.Bytes32;

/**
 * What a leader says to a node that lacks rows of a generation.
 *
 * @param donors replicas that have them
 * @param beginning where the node's epochs begin anew; empty when they lead to the party's as they are
 */
public record Recovery(Donors.Named donors, Optional<Beginning> beginning) {
    public Recovery {
        if (beginning.isPresent() && donors.endpoints().isEmpty()) {
            throw new IllegalArgumentException("donors: none is named, and all chunks shall be taken from them");
        }
    }

    /**
     * A new beginning, for a node that is still where the leader found it.
     *
     * @param epoch to begin at
     * @param found digest of the head that it was found at; empty where it had none
     */
    public record Beginning(Epoch epoch, Optional<Bytes32> found) {
        /** So that an order which comes late does not throw away what has been taken over meanwhile. */
        void requireFound(HeldGeneration held) {
            Optional<Epoch> head = held.keeper()
                    .map(EpochKeeper::epochs)
                    .map(epochs -> epochs.head().epoch());
            requireFoundAt(head);
            if (head.isEmpty() && !held.progress().wantsReplica()) {
                throw new MorphogenException(FailureReason.NOT_SERVING, "This node has not read its delta log yet.");
            }
        }

        /** The same of a node that was at that head. */
        void requireFoundAt(Optional<Epoch> head) {
            if (!head.map(Epoch::digest).equals(found)) {
                throw new MorphogenException(
                        FailureReason.EPOCH_MISMATCH,
                        "begin_at: this node is not where it was found, it "
                                + head.map(at -> "stands at epoch " + at).orElse("knows no epoch yet") + ".",
                        head.map(at -> Map.of(
                                        "headEpoch", Long.toString(at.number()),
                                        "headDigest", at.digest().hex()))
                                .orElse(Map.of()));
            }
        }
    }
}
