/** The threads that share the work of a build. */
@NullMarked
package org.morphogen.coordinator.building.workers;

import org.jspecify.annotations.NullMarked;
