/** Rows that one replica gives to another of its party: to one that lost its disk, or that takes a chunk on late. */
@NullMarked
package org.morphogen.node.handover;

import org.jspecify.annotations.NullMarked;
