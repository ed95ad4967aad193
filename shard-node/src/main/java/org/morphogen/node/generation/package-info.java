/** The generations that this node holds: the durable wish for each, and the loading that makes it true. */
@NullMarked
package org.morphogen.node.generation;

import org.jspecify.annotations.NullMarked;
