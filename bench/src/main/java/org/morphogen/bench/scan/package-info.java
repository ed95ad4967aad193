/** Scanning by the node's own carousel, and expanding keys. */
@NullMarked
package org.morphogen.bench.scan;

import org.jspecify.annotations.NullMarked;
