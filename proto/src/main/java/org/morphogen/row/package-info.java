/** Row schemas: how a value lies in a fixed-size row. */
@NullMarked
package org.morphogen.row;

import org.jspecify.annotations.NullMarked;
