/** From the keys that a block changed to the rows of a table that change. */
@NullMarked
package org.morphogen.coordinator.delta;

import org.jspecify.annotations.NullMarked;
