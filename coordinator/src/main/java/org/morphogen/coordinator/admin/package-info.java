/** The door for administrators and its command line. */
@NullMarked
package org.morphogen.coordinator.admin;

import org.jspecify.annotations.NullMarked;
