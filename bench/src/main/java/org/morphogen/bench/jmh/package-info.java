/** The hot loops by themselves, for whoever works on them: org.openjdk.jmh.Main runs them. */
@NullMarked
package org.morphogen.bench.jmh;

import org.jspecify.annotations.NullMarked;
