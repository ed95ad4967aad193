/** Reading what a table is built from: geth genesis files, CSV and JSON lines. */
@NullMarked
package org.morphogen.coordinator.building.input;

import org.jspecify.annotations.NullMarked;
