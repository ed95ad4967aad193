/** What a party keeps in ZooKeeper: paths, records, and the connection. */
@NullMarked
package org.morphogen.zookeeper;

import org.jspecify.annotations.NullMarked;
