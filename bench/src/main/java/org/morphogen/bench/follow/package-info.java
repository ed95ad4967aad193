/** How long a block takes from the Ethereum node to the head: made-up blocks, real processes. */
@NullMarked
package org.morphogen.bench.follow;

import org.jspecify.annotations.NullMarked;
