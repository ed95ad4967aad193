/** One shard node: settings, states, and the assembly of its parts. */
@NullMarked
package org.morphogen.node;

import org.jspecify.annotations.NullMarked;
