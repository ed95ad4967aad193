/**
 * Runs code on threads of which one moves at a time, by a schedule that a seed decides and that can be played again. The
 * classes under test are rewritten while they are loaded, so that each lock, each change of a field that is not final and
 * each wait is a place where another thread may go on.
 */
@NullMarked
package org.morphogen.node.shake;

import org.jspecify.annotations.NullMarked;
