/** The cluster view that light clients read. */
@NullMarked
package org.morphogen.coordinator.view;

import org.jspecify.annotations.NullMarked;
