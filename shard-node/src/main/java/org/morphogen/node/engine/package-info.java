/** The hot loop behind one interface: XOR of the selected rows of a tile. */
@NullMarked
package org.morphogen.node.engine;

import org.jspecify.annotations.NullMarked;
