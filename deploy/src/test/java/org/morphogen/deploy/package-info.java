@NullMarked
package org.morphogen.deploy;

import org.jspecify.annotations.NullMarked;
