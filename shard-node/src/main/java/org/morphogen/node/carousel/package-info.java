/** The ring of segments that all queries aboard share: boarding, scanning, leaving. */
@NullMarked
package org.morphogen.node.carousel;

import org.jspecify.annotations.NullMarked;
