/** Handing out snapshot files. */
@NullMarked
package org.morphogen.coordinator.transfer;

import org.jspecify.annotations.NullMarked;
