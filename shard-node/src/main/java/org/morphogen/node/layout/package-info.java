/** How a chunk's rows lie in memory: sliced, so that one byte holds a bit of eight rows. */
@NullMarked
package org.morphogen.node.layout;

import org.jspecify.annotations.NullMarked;
