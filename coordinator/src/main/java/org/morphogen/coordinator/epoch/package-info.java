/**
 * The party's matrix follows the chain: blocks become deltas, deltas go to the nodes, and an epoch becomes the head when
 * every shard can answer it.
 */
@NullMarked
package org.morphogen.coordinator.epoch;

import org.jspecify.annotations.NullMarked;
