/** Who leads, under which term, and the writes that only the leader of that term can make. */
@NullMarked
package org.morphogen.coordinator.leadership;

import org.jspecify.annotations.NullMarked;
