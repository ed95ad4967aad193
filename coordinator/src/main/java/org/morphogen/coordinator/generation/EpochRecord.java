package org.morphogen.coordinator.generation;

import com.google.protobuf.ByteString;
import org.morphogen.protocol.v1.EpochBinding;
import org.morphogen.snapshot.BlockInfo;

/**
 * An epoch and the block whose state it is.
 *
 * @param epoch counts from 0 within a generation; 0 is the snapshot itself
 * @param block number, hash and state root
 */
public record EpochRecord(long epoch, BlockInfo block) {
    public EpochRecord {
        if (epoch < 0) {
            throw new IllegalArgumentException("epoch: counts from 0");
        }
    }

    /** The same as a message. */
    public EpochBinding binding() {
        return EpochBinding.newBuilder()
                .setEpoch(epoch)
                .setBlockNumber(block.number())
                .setBlockHash(ByteString.copyFrom(block.hashBytes()))
                .setStateRoot(ByteString.copyFrom(block.stateRootBytes()))
                .build();
    }
}
