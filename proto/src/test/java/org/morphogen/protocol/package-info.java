@NullMarked
package org.morphogen.protocol;

import org.jspecify.annotations.NullMarked;
