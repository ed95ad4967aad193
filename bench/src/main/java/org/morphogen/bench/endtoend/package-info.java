/** A real party as processes, and load on one of its nodes. */
@NullMarked
package org.morphogen.bench.endtoend;

import org.jspecify.annotations.NullMarked;
