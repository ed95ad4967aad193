/** Chunks on this node's disk and in its off-heap memory. */
@NullMarked
package org.morphogen.node.chunk;

import org.jspecify.annotations.NullMarked;
