/** Which node holds which chunk. */
@NullMarked
package org.morphogen.coordinator.placement;

import org.jspecify.annotations.NullMarked;
