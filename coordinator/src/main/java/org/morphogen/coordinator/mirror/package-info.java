/** A read-only copy of the party's znodes that outlives a lost connection. */
@NullMarked
package org.morphogen.coordinator.mirror;

import org.jspecify.annotations.NullMarked;
