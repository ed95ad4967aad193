/** The {@code morphogen bench} command line. */
@NullMarked
package org.morphogen.bench.launch;

import org.jspecify.annotations.NullMarked;
