/** This node's ephemeral registration in the party's ZooKeeper. */
@NullMarked
package org.morphogen.node.membership;

import org.jspecify.annotations.NullMarked;
