/** One newest value, many readers of any speed. */
@NullMarked
package org.morphogen.coordinator.broadcast;

import org.jspecify.annotations.NullMarked;
