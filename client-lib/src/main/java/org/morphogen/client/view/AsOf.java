package org.morphogen.client.view;

import org.morphogen.snapshot.BlockInfo;
import org.morphogen.snapshot.SnapshotDigest;

/**
 * Which state an answer tells of.
 *
 * @param snapshot names the generation: seeds and matrix that it began with
 * @param epoch the state of that generation
 * @param block the block whose state the epoch is
 */
public record AsOf(SnapshotDigest snapshot, long epoch, BlockInfo block) {}
