/** Fetching a snapshot's manifest and chunks from the party's coordinators. */
@NullMarked
package org.morphogen.node.pull;

import org.jspecify.annotations.NullMarked;
