/**
 * The matrix follows the chain: the epochs that this node knows, the log that keeps them, the merging of deltas into
 * chunks, and how a chunk that stands at one epoch answers for another.
 */
@NullMarked
package org.morphogen.node.epoch;

import org.jspecify.annotations.NullMarked;
