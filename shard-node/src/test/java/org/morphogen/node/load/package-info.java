/** Clients of every habit at once, for seconds or for half an hour, and what must hold meanwhile and afterwards. */
@NullMarked
package org.morphogen.node.load;

import org.jspecify.annotations.NullMarked;
