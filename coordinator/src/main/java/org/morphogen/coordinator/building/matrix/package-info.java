/** Writing the rows of a table into chunk files. */
@NullMarked
package org.morphogen.coordinator.building.matrix;

import org.jspecify.annotations.NullMarked;
