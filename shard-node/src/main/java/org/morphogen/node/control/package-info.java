/** The door for the party's own coordinators. */
@NullMarked
package org.morphogen.node.control;

import org.jspecify.annotations.NullMarked;
