/** The distributed point function: keys, their codec, and the expansion into selection bits. */
@NullMarked
package org.morphogen.dpf;

import org.jspecify.annotations.NullMarked;
