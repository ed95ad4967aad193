/** A party's coordinator: assembles membership, leadership, generations, placement, view and transfer. */
@NullMarked
package org.morphogen.coordinator;

import org.jspecify.annotations.NullMarked;
