/** Which nodes and coordinators are alive, and what the nodes say of themselves. */
@NullMarked
package org.morphogen.coordinator.membership;

import org.jspecify.annotations.NullMarked;
