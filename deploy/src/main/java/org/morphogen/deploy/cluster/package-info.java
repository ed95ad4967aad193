/** Two whole parties on one machine, each server a process of its own. */
@NullMarked
package org.morphogen.deploy.cluster;

import org.jspecify.annotations.NullMarked;
