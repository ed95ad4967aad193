/** Where the leader gets the blocks of the chain and what they changed: from a node, or from a file. */
@NullMarked
package org.morphogen.coordinator.feed;

import org.jspecify.annotations.NullMarked;
