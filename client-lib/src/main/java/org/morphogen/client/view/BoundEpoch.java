package org.morphogen.client.view;

import org.morphogen.snapshot.BlockInfo;

/**
 * An epoch and the block whose state it is.
 *
 * @param epoch not negative
 */
public record BoundEpoch(long epoch, BlockInfo block) {
    public BoundEpoch {
        if (epoch < 0) {
            throw new IllegalArgumentException("epoch: is not below 2^63");
        }
    }
}
