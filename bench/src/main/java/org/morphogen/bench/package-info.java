/** Benchmarks: each measures something of the product beside a baseline of the same run. */
@NullMarked
package org.morphogen.bench;

import org.jspecify.annotations.NullMarked;
