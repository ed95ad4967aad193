/** Digests of what the party serves, chunk by chunk and replica by replica. */
@NullMarked
package org.morphogen.coordinator.digest;

import org.jspecify.annotations.NullMarked;
