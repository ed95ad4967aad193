/** Placing keys in a cuckoo table. */
@NullMarked
package org.morphogen.bench.cuckoo;

import org.jspecify.annotations.NullMarked;
