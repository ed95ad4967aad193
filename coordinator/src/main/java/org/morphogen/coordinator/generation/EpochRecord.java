package org.morphogen.coordinator.generation;

import org.morphogen.epoch.DeltaCodec;
import org.morphogen.epoch.Epoch;
import org.morphogen.protocol.v1.EpochBinding;
import org.morphogen.row.Bytes32;
import org.morphogen.snapshot.BlockInfo;
import org.morphogen.snapshot.SnapshotDigest;

/**
 * An epoch and the block whose state it is.
 *
 * @param epoch counts from 0 within a generation; 0 is the snapshot itself
 * @param digest of the snapshot and all deltas up to here, 64 hex digits
 * @param block number, hash and state root
 */
public record EpochRecord(long epoch, String digest, BlockInfo block) {
    public EpochRecord {
        if (epoch < 0) {
            throw new IllegalArgumentException("epoch: counts from 0");
        }
    }

    /** The snapshot's own. */
    public static EpochRecord base(SnapshotDigest snapshot, BlockInfo block) {
        return new EpochRecord(0, snapshot.hex(), block);
    }

    /** As ZooKeeper keeps it. */
    static EpochRecord of(Epoch epoch) {
        return new EpochRecord(epoch.number(), epoch.digest().hex(), epoch.block());
    }

    /** The epoch. */
    Epoch toEpoch() {
        return new Epoch(epoch, Bytes32.parse(digest), block);
    }

    /** The same as a message. */
    public EpochBinding binding() {
        return DeltaCodec.write(toEpoch());
    }
}
