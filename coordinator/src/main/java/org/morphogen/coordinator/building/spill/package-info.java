/** The validated input on disk, as fixed-size records, between the passes of a build. */
@NullMarked
package org.morphogen.coordinator.building.spill;

import org.jspecify.annotations.NullMarked;
