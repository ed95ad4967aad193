/** YAML settings into validated records; every mistake reported at once. */
@NullMarked
package org.morphogen.settings;

import org.jspecify.annotations.NullMarked;
