/** Which cores are near which memory, where a machine has memory in several places. */
@NullMarked
package org.morphogen.node.numa;

import org.jspecify.annotations.NullMarked;
