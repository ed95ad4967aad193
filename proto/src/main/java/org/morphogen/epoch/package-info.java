/** Epochs and the deltas that lead from one to the next: digests, checks and bytes that both parties agree on. */
@NullMarked
package org.morphogen.epoch;

import org.jspecify.annotations.NullMarked;
