/** One ZooKeeper server inside this JVM. */
@NullMarked
package org.morphogen.deploy.zookeeper;

import org.jspecify.annotations.NullMarked;
