/** A rehearsal in one JVM, from which the launcher makes the archive that lets every later JVM start faster. */
@NullMarked
package org.morphogen.deploy.warmup;

import org.jspecify.annotations.NullMarked;
