package org.morphogen.node.generation;

import org.morphogen.snapshot.BlockInfo;

/**
 * The epoch that a generation's snapshot stands at, and its block.
 *
 * @param epoch not negative
 */
public record BaseEpoch(long epoch, BlockInfo block) {
    public BaseEpoch {
        if (epoch < 0) {
            throw new IllegalArgumentException("base_epoch.epoch: over 2^63 - 1");
        }
    }
}
