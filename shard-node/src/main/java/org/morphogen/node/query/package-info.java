/** The door for light clients: checking, admitting, scanning and answering queries. */
@NullMarked
package org.morphogen.node.query;

import org.jspecify.annotations.NullMarked;
