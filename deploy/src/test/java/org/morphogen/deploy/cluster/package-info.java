@NullMarked
package org.morphogen.deploy.cluster;

import org.jspecify.annotations.NullMarked;
