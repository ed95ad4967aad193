/** What all benchmarks share: the read limit, rounds, and how results are shown. */
@NullMarked
package org.morphogen.bench.measure;

import org.jspecify.annotations.NullMarked;
