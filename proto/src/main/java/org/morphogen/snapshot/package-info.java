/** The snapshot format: a manifest, chunk files and dictionaries in one directory. */
@NullMarked
package org.morphogen.snapshot;

import org.jspecify.annotations.NullMarked;
