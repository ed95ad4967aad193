package org.morphogen.epoch;

import java.util.Arrays;
import org.morphogen.row.Bytes32;
import org.morphogen.snapshot.BlockInfo;
import org.morphogen.snapshot.SnapshotDigest;

/**
 * The state of a generation after one block.
 *
 * @param number counts on from the snapshot's, which is 0 as a rule
 * @param digest of the snapshot and all deltas up to here: equal digests mean equal matrices
 * @param block whose state it is
 */
public record Epoch(long number, Bytes32 digest, BlockInfo block) {
    /** Bytes of a mark. */
    public static final int MARK_BYTES = 16;

    public Epoch {
        if (number < 0) {
            throw new IllegalArgumentException("epoch: is not below 2^63");
        }
    }

    /** The epoch of a snapshot itself: its digest is the snapshot's. */
    public static Epoch base(long number, SnapshotDigest snapshot, BlockInfo block) {
        return new Epoch(number, Bytes32.of(snapshot.bytes()), block);
    }

    /** The first {@value #MARK_BYTES} bytes of the digest, by which a query tells which epoch of that number it means. */
    public byte[] mark() {
        return Arrays.copyOf(digest.bytes(), MARK_BYTES);
    }

    /** For people: the number and the first digits of the digest. */
    @Override
    public String toString() {
        return number + " (" + digest.hex().substring(0, 12) + ")";
    }
}
