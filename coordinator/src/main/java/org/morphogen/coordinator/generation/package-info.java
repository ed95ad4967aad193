/** Generations: their records and states, publication, and the leader's loop that makes nodes hold what they shall. */
@NullMarked
package org.morphogen.coordinator.generation;

import org.jspecify.annotations.NullMarked;
