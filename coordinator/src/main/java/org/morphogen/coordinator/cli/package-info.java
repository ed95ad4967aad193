/** Command lines: what they share, and {@code morphogen snapshot}. */
@NullMarked
package org.morphogen.coordinator.cli;

import org.jspecify.annotations.NullMarked;
