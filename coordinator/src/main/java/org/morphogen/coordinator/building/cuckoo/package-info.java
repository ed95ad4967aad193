/** Placing keys in the three ways of a cuckoo table. */
@NullMarked
package org.morphogen.coordinator.building.cuckoo;

import org.jspecify.annotations.NullMarked;
